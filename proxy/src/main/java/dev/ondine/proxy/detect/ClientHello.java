package dev.ondine.proxy.detect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the server name of a TLS ClientHello (RFC 8446, section 4.1.2; RFC 6066, section 3) without
 * taking part in the handshake.
 *
 * <p>Strict: what two readers could understand differently is malformed. The message may be spread
 * over records and segments. Extensions that are not known, also those made up to keep others
 * honest (GREASE, RFC 8701), are passed over; of an encrypted ClientHello the outer name is all
 * that can be seen, and it is what the client wants to be seen.
 */
public final class ClientHello {
  /** The longest one looked at, with the heads of its records. */
  public static final int MAX_BYTES = 16_384;

  private static final int MAX_RECORDS = 64;
  private static final int RECORD_HEAD = 5;
  private static final int MAX_RECORD = 1 << 14;
  private static final int HANDSHAKE = 22;
  private static final int MESSAGE_HEAD = 4;
  private static final int CLIENT_HELLO = 1;
  private static final int RANDOM = 32;
  private static final int MAX_SESSION_ID = 32;
  private static final int SERVER_NAME = 0; // the extension
  private static final int PROTOCOLS = 16;
  private static final int HOST_NAME = 0; // the only kind of name in it
  private static final int MAX_HOST = 255;

  private ClientHello() {}

  /**
   * Reads the bytes between the buffer's position and limit and moves neither.
   *
   * @param start the connection's bytes so far, from the first one on
   */
  public static ServerName read(ByteBuffer start) {
    try {
      var message = message(start.slice(start.position(), Math.min(start.remaining(), MAX_BYTES)));
      return message == null ? tooLongOr(start.remaining()) : named(hello(message).host());
    } catch (MalformedException e) {
      return new ServerName.Malformed(e.why);
    }
  }

  /** The same for the protocols that the client offers. */
  public static Offer offer(ByteBuffer start) {
    try {
      var message = message(start.slice(start.position(), Math.min(start.remaining(), MAX_BYTES)));
      if (message != null) {
        return new Offer.Protocols(protocols(hello(message).protocols()));
      }
      return start.remaining() < MAX_BYTES
          ? Offer.NEED_MORE
          : new Offer.Malformed("longer than " + MAX_BYTES + " bytes");
    } catch (MalformedException e) {
      return new Offer.Malformed(e.why);
    }
  }

  /** What of it is looked at; of its protocols, as they are. */
  private record Hello(@Nullable String host, @Nullable ByteBuffer protocols) {
    static final Hello OLD = new Hello(null, null);
  }

  private static ServerName tooLongOr(int size) {
    return size < MAX_BYTES
        ? ServerName.NEED_MORE
        : new ServerName.Malformed("longer than " + MAX_BYTES + " bytes");
  }

  private static ServerName named(@Nullable String host) {
    return host == null ? ServerName.UNNAMED : new ServerName.Named(host);
  }

  /** Says why; costs no stack trace, since anybody can cause it. */
  private static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String why;

    MalformedException(String why) {
      super(why, null, false, false);
      this.why = why;
    }
  }

  private static void check(boolean right, String otherwise) throws MalformedException {
    if (!right) {
      throw new MalformedException(otherwise);
    }
  }

  // ---- from records to the message
  // ----------------------------------------------------------------

  /** The message without its head; null: there is more to come. Copies only a whole one. */
  private static @Nullable ByteBuffer message(ByteBuffer bytes) throws MalformedException {
    var announced = 0; // of the message, by the heads of its records
    var head = new Head();
    var at = 0;
    for (var records = 0; at < bytes.limit(); records++) {
      check(records < MAX_RECORDS, "in more than " + MAX_RECORDS + " records");
      check(at(bytes, at) == HANDSHAKE, "a record of another type within it");
      if (bytes.limit() - at < RECORD_HEAD) {
        return null;
      }
      check(at(bytes, at + 1) == 3 && at(bytes, at + 2) <= 4, "an unknown version of its record");
      var length = recordLength(bytes, at);
      check(length > 0 && length <= MAX_RECORD, "a record of " + length + " bytes");
      at += RECORD_HEAD;
      head.read(bytes, at, at + length);
      announced += length;
      at += length;
      if (head.isWhole()) {
        check(head.size() <= MAX_BYTES, "a message of " + head.size() + " bytes");
        // Whoever sends more before it was answered speaks no TLS that we know.
        check(announced <= head.size(), "bytes after it in the same record");
        if (announced == head.size()) {
          return at <= bytes.limit() ? joined(bytes, announced) : null;
        }
      }
    }
    return null;
  }

  private static int recordLength(ByteBuffer bytes, int record) {
    return at(bytes, record + 3) << 8 | at(bytes, record + 4);
  }

  private static ByteBuffer joined(ByteBuffer bytes, int size) {
    var message = ByteBuffer.allocate(size);
    for (var at = 0; message.hasRemaining(); ) {
      var length = recordLength(bytes, at);
      message.put(bytes.slice(at + RECORD_HEAD, length));
      at += RECORD_HEAD + length;
    }
    return message.flip().position(MESSAGE_HEAD).slice();
  }

  /** The message's type and length, which may be spread over records, too. */
  private static final class Head {
    private int bytes;
    private int value;

    void read(ByteBuffer from, int begin, int end) throws MalformedException {
      for (var i = begin; i < Math.min(end, from.limit()) && !isWhole(); i++) {
        value = value << 8 | at(from, i);
        check(bytes++ > 0 || value == CLIENT_HELLO, "another message");
      }
    }

    boolean isWhole() {
      return bytes == MESSAGE_HEAD;
    }

    int size() {
      return MESSAGE_HEAD + (value & 0xff_ffff);
    }
  }

  // ---- the message
  // --------------------------------------------------------------------------------

  private static Hello hello(ByteBuffer body) throws MalformedException {
    check(number(body, 2, "version") >> 8 == 3, "an unknown version");
    take(body, RANDOM, "random");
    var session = vector(body, 1, "session id");
    check(session.limit() <= MAX_SESSION_ID, "a session id of " + session.limit() + " bytes");
    var suites = vector(body, 2, "cipher suites").limit();
    check(suites >= 2 && suites % 2 == 0, "cipher suites of " + suites + " bytes");
    check(vector(body, 1, "compression methods").limit() > 0, "no compression method");
    if (!body.hasRemaining()) {
      return Hello.OLD; // as before there were extensions
    }
    var extensions = vector(body, 2, "extensions");
    check(!body.hasRemaining(), "bytes after the extensions");
    return extensions(extensions);
  }

  private static Hello extensions(ByteBuffer extensions) throws MalformedException {
    var seen = new BitSet();
    String host = null;
    ByteBuffer protocols = null;
    while (extensions.hasRemaining()) {
      var type = number(extensions, 2, "extension");
      check(!seen.get(type), "extension " + type + " twice");
      seen.set(type);
      var content = vector(extensions, 2, "extension " + type);
      if (type == SERVER_NAME) {
        host = hostName(content);
      } else if (type == PROTOCOLS) {
        protocols = content;
      }
    }
    return new Hello(host, protocols);
  }

  private static List<String> protocols(@Nullable ByteBuffer content) throws MalformedException {
    if (content == null) {
      return List.of();
    }
    var names = vector(content, 2, "protocols");
    check(!content.hasRemaining(), "bytes after the protocols");
    check(names.hasRemaining(), "no protocol among its protocols");
    var found = new ArrayList<String>();
    while (names.hasRemaining()) {
      var name = vector(names, 1, "protocol");
      check(name.hasRemaining(), "a protocol without a name");
      found.add(ISO_8859_1.decode(name).toString());
    }
    return found;
  }

  private static String hostName(ByteBuffer content) throws MalformedException {
    var names = vector(content, 2, "server names");
    check(!content.hasRemaining(), "bytes after the server names");
    check(number(names, 1, "kind of server name") == HOST_NAME, "an unknown kind of server name");
    var name = vector(names, 2, "host name");
    check(!names.hasRemaining(), "more than one server name");
    check(
        name.limit() > 0 && name.limit() <= MAX_HOST, "a host name of " + name.limit() + " bytes");
    var host = new StringBuilder(name.limit());
    while (name.hasRemaining()) {
      var c = (char) (name.get() & 0xff);
      check(isOfHostNames(c), "a host name with byte " + (int) c);
      host.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
    }
    return host.toString();
  }

  private static boolean isOfHostNames(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '.';
  }

  // ---- numbers and vectors
  // ------------------------------------------------------------------------

  private static ByteBuffer vector(ByteBuffer from, int lengthBytes, String what)
      throws MalformedException {
    return take(from, number(from, lengthBytes, what), what);
  }

  private static int number(ByteBuffer from, int bytes, String what) throws MalformedException {
    var taken = take(from, bytes, what);
    return bytes == 1 ? at(taken, 0) : at(taken, 0) << 8 | at(taken, 1);
  }

  private static ByteBuffer take(ByteBuffer from, int bytes, String what)
      throws MalformedException {
    check(from.remaining() >= bytes, "its " + what + " are cut off");
    var taken = from.slice(from.position(), bytes);
    from.position(from.position() + bytes);
    return taken;
  }

  private static int at(ByteBuffer bytes, int index) {
    return bytes.get(index) & 0xff;
  }
}
