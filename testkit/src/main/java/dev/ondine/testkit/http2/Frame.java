package dev.ondine.testkit.http2;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * One frame (RFC 9113, section 4.1).
 *
 * @param type 0 DATA, 1 HEADERS, 3 RST_STREAM, 4 SETTINGS, 6 PING, 7 GOAWAY, 8 WINDOW_UPDATE …
 * @param payload without padding removed
 */
public record Frame(int type, int flags, int stream, ByteBuffer payload) {
  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PUSH_PROMISE = 5;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;

  public static final int END_STREAM = 0x1;
  public static final int ACK = 0x1;
  public static final int END_HEADERS = 0x4;

  /** RFC 9113, section 7. */
  public static final int NO_ERROR = 0x0;

  public static final int PROTOCOL_ERROR = 0x1;
  public static final int FLOW_CONTROL_ERROR = 0x3;
  public static final int STREAM_CLOSED = 0x5;
  public static final int FRAME_SIZE_ERROR = 0x6;
  public static final int REFUSED_STREAM = 0x7;
  public static final int CANCEL = 0x8;
  public static final int ENHANCE_YOUR_CALM = 0xb;

  /** The frame as it goes over the wire. */
  public byte[] encoded() {
    var length = payload.remaining();
    return ByteBuffer.allocate(9 + length)
        .put((byte) (length >>> 16))
        .putShort((short) length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload.duplicate())
        .array();
  }

  /** The complete frames at the beginning of what one end sent. */
  public static List<Frame> all(byte[] bytes) {
    var frames = new ArrayList<Frame>();
    var in = ByteBuffer.wrap(bytes);
    while (in.remaining() >= 9) {
      var length = (in.get(in.position()) & 0xff) << 16 | (in.getShort(in.position() + 1) & 0xffff);
      if (in.remaining() < 9 + length) {
        break;
      }
      var type = in.get(in.position() + 3);
      var flags = in.get(in.position() + 4) & 0xff;
      var stream = in.getInt(in.position() + 5) & Integer.MAX_VALUE;
      frames.add(new Frame(type, flags, stream, in.slice(in.position() + 9, length)));
      in.position(in.position() + 9 + length);
    }
    return frames;
  }

  /** The same on another stream. */
  public Frame on(int other) {
    return new Frame(type, flags, other, payload);
  }

  /** True if one of the flags is set. */
  public boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** The 32-bit number at an offset of the payload. */
  public int intAt(int offset) {
    return payload.getInt(offset);
  }

  /** How many bytes the payload has. */
  public int length() {
    return payload.remaining();
  }

  /** The payload as text. */
  public String text() {
    return UTF_8.decode(payload.duplicate()).toString();
  }

  /** Of RST_STREAM and GOAWAY. */
  public int errorCode() {
    return intAt(type == GOAWAY ? 4 : 0);
  }

  @Override
  public String toString() {
    var shown = new byte[Math.min(32, length())];
    payload.duplicate().get(shown);
    return "type %d flags %d stream %d of %d bytes %s"
        .formatted(type, flags, stream, length(), HexFormat.of().formatHex(shown));
  }
}
