package dev.ondine.it.system.overload;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;

/**
 * What a client of bad will does.
 *
 * @param first what it sends at once
 * @param drip a byte that it sends every three seconds from then on; 0: none
 * @param reads whether it takes what it is sent
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Behaviour(String name, byte[] first, byte drip, boolean reads) {
  private static final int END_STREAM_AND_HEADERS = 5;
  private static final int SETTINGS = 4;
  private static final int HEADERS = 1;

  /** A head that never ends. */
  static Behaviour slowHead(String authority) {
    return new Behaviour(
        "slow_head", ascii(line("GET", authority, "/") + "X-Slow: "), (byte) 'a', true);
  }

  /** A head that has begun with this many bytes of fields. */
  static Behaviour bigHead(String authority, int bytes) {
    var fields = new StringBuilder();
    for (var number = 0; fields.length() < bytes; number++) {
      fields.append("X-Field-").append(number).append(": ").repeat('a', 1_000).append("\r\n");
    }
    return new Behaviour(
        "big_head", ascii(line("GET", authority, "/") + fields + "X-Last: "), (byte) 'a', true);
  }

  /** A body of a mebibyte, of which this many bytes come, and then hardly any. */
  static Behaviour slowPost(String authority, int bytes) {
    var head = line("POST", authority, "/") + "Content-Length: 1048576\r\n\r\n";
    return new Behaviour("slow_post", ascii(head + "a".repeat(bytes)), (byte) 'a', true);
  }

  /** An answer that is asked for and not taken. */
  static Behaviour slowRead(String authority) {
    return new Behaviour(
        "slow_read", ascii(line("GET", authority, "/big") + "\r\n"), (byte) 'G', false);
  }

  /** The same by HTTP/2, with many streams and a window of 0 (RFC 9113, section 6.9). */
  static Behaviour zeroWindow(String authority, int streams) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    frame(out, SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
    var block = new ByteArrayOutputStream();
    block.writeBytes(new byte[] {(byte) 0x82, (byte) 0x86}); // GET, http (RFC 7541, appendix A)
    literal(block, 0x04, "/big");
    literal(block, 0x01, authority);
    for (var stream = 1; stream < 2 * streams; stream += 2) {
      frame(out, HEADERS, END_STREAM_AND_HEADERS, stream, block.toByteArray());
    }
    return new Behaviour("zero_window", out.toByteArray(), (byte) 0, true);
  }

  private static String line(String method, String authority, String path) {
    return method + " http://" + authority + path + " HTTP/1.1\r\nHost: " + authority + "\r\n";
  }

  private static void literal(ByteArrayOutputStream to, int index, String value) {
    to.write(index);
    to.write(value.length());
    to.writeBytes(ascii(value));
  }

  private static void frame(
      ByteArrayOutputStream to, int type, int flags, int stream, byte[] payload) {
    to.writeBytes(new byte[] {0, (byte) (payload.length >> 8), (byte) payload.length, (byte) type});
    to.write(flags);
    to.writeBytes(new byte[] {0, 0, (byte) (stream >> 8), (byte) stream});
    to.writeBytes(payload);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
