package dev.ondine.testkit.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * An end of an HTTP/2 connection that writes any frame and shows any frame; it follows no rule by
 * itself.
 */
public final class RawHttp2 implements AutoCloseable {
  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1);
  private static final int MAX_HEADERS = 1 << 20;
  private static final int READ_TIMEOUT_MILLIS = 10_000;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  // The table that header blocks refer to belongs to the connection.
  private final DefaultHttp2HeadersDecoder hpack =
      new DefaultHttp2HeadersDecoder(false, MAX_HEADERS);

  private RawHttp2(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(READ_TIMEOUT_MILLIS);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** Connects, sends preface and empty SETTINGS, and acknowledges nothing. */
  public static RawHttp2 connect(int port) throws IOException {
    return over(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** The same by TLS, where the server must choose HTTP/2. */
  public static RawHttp2 connectTls(int port, SSLContext tls) throws IOException {
    var socket =
        (SSLSocket) tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    var parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    if (!"h2".equals(socket.getApplicationProtocol())) {
      socket.close();
      throw new IOException("the server chose '" + socket.getApplicationProtocol() + "', not h2");
    }
    return over(socket);
  }

  private static RawHttp2 over(Socket socket) throws IOException {
    var client = new RawHttp2(socket);
    client.out.write(PREFACE);
    return client.send(Frame.SETTINGS, 0, 0);
  }

  /** Waits so long at most for what is read next. */
  public RawHttp2 timeout(int millis) throws IOException {
    socket.setSoTimeout(millis);
    return this;
  }

  /**
   * Takes a client's connection: reads its preface and sends SETTINGS, of ids and values in turn.
   */
  public static RawHttp2 accept(ServerSocket listening, int... settings) throws IOException {
    listening.setSoTimeout(READ_TIMEOUT_MILLIS);
    return accepted(listening.accept(), settings);
  }

  /** The same of a connection that was accepted already. */
  public static RawHttp2 accepted(Socket socket, int... settings) throws IOException {
    var server = new RawHttp2(socket);
    var preface = new byte[PREFACE.length];
    server.in.readFully(preface);
    if (!Arrays.equals(preface, PREFACE)) {
      throw new IOException("no preface: " + new String(preface, ISO_8859_1));
    }
    var payload = ByteBuffer.allocate(3 * settings.length);
    for (var i = 0; i < settings.length; i += 2) {
      payload.putShort((short) settings[i]).putInt(settings[i + 1]);
    }
    return server.send(Frame.SETTINGS, 0, 0, payload.array());
  }

  /** Sends a frame as it is. */
  public RawHttp2 send(Frame frame) throws IOException {
    out.write(frame.encoded());
    return this;
  }

  /** Sends a frame; the payload is given as bytes in turn. */
  public RawHttp2 send(int type, int flags, int stream, byte... payload) throws IOException {
    return send(new Frame(type, flags, stream, ByteBuffer.wrap(payload)));
  }

  /** Sends a frame whose payload is one 32-bit number. */
  public RawHttp2 sendInt(int type, int stream, int value) throws IOException {
    return send(type, 0, stream, ByteBuffer.allocate(4).putInt(value).array());
  }

  /** Sends SETTINGS with one setting. */
  public RawHttp2 setting(int id, int value) throws IOException {
    return send(
        Frame.SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) id).putInt(value).array());
  }

  /** Sends HEADERS of these names and values in turn, as they are. */
  public RawHttp2 headers(int stream, boolean end, String... namesAndValues) throws IOException {
    var flags = Frame.END_HEADERS | (end ? Frame.END_STREAM : 0);
    return send(Frame.HEADERS, flags, stream, block(namesAndValues));
  }

  /** Sends the head of a proper request. */
  public RawHttp2 request(int stream, boolean end, String method, String path) throws IOException {
    return headers(
        stream, end, ":method", method, ":scheme", "http", ":path", path, ":authority", "test");
  }

  /** Sends GOAWAY. */
  public RawHttp2 goAway(int lastStream, int errorCode) throws IOException {
    return send(
        Frame.GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(lastStream).putInt(errorCode).array());
  }

  /** Literal fields that are never indexed and not Huffman-coded (RFC 7541, section 6.2.3). */
  public static byte[] block(String... namesAndValues) {
    var block = new ByteArrayOutputStream();
    for (var i = 0; i < namesAndValues.length; i += 2) {
      block.write(0x10);
      text(block, namesAndValues[i]);
      text(block, namesAndValues[i + 1]);
    }
    return block.toByteArray();
  }

  private static void text(ByteArrayOutputStream block, String text) {
    var bytes = text.getBytes(ISO_8859_1);
    var rest = bytes.length - 127;
    block.write(Math.min(bytes.length, 127));
    if (rest >= 0) {
      for (; rest >= 128; rest >>>= 7) {
        block.write((rest & 127) | 128);
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }

  /** The next frame; empty once the other end has closed the connection. */
  public Optional<Frame> read() throws IOException {
    try {
      var length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
      var type = in.readUnsignedByte();
      var flags = in.readUnsignedByte();
      var stream = in.readInt();
      var payload = new byte[length];
      in.readFully(payload);
      return Optional.of(new Frame(type, flags, stream, ByteBuffer.wrap(payload)));
    } catch (EOFException | SocketException closed) {
      return Optional.empty();
    }
  }

  /** Reads on until a frame of that kind comes; empty if the connection is closed first. */
  public Optional<Frame> readUntil(Predicate<Frame> wanted) throws IOException {
    while (true) {
      var frame = read();
      if (frame.isEmpty() || wanted.test(frame.get())) {
        return frame;
      }
    }
  }

  /** The next frame of that type. */
  public Optional<Frame> readUntil(int type) throws IOException {
    return readUntil(frame -> frame.type() == type);
  }

  /** The fields of a HEADERS frame, which must be given in the order in which they came. */
  public Map<String, String> fields(Frame headers) throws Http2Exception {
    var fields = new LinkedHashMap<String, String>();
    for (var field : allFields(headers)) {
      fields.put(field.getKey(), field.getValue());
    }
    return fields;
  }

  /** The same with those that came more than once. */
  public List<Map.Entry<String, String>> allFields(Frame headers) throws Http2Exception {
    var fields = new ArrayList<Map.Entry<String, String>>();
    for (var field :
        hpack.decodeHeaders(headers.stream(), Unpooled.wrappedBuffer(headers.payload()))) {
      fields.add(Map.entry(field.getKey().toString(), field.getValue().toString()));
    }
    return fields;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
