package dev.ondine.xds.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.ondine.model.InvalidResourceException;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over a protobuf message: the caller switches on the field number, reads what it knows
 * and skips the rest. Every error names the field's path.
 *
 * <p>Read by hand because Envoy's generated classes would cost a sidecar megabytes and a tenth of a
 * second for the few fields that it wants.
 */
final class WireReader {
  /** Of one resource; the same as gRPC's default for a whole message. */
  static final int MAX_BYTES = 4 << 20;

  private final CodedInputStream in;
  private final WirePath path;
  private int tag;

  /** A {@code google.protobuf.Any}. */
  record AnyValue(String typeUrl, ByteString value) {}

  private WireReader(CodedInputStream in, WirePath path) {
    this.in = in;
    this.path = path;
  }

  /** Reads a whole resource. */
  static <T> T read(ByteString bytes, Function<WireReader, T> read) {
    return read(bytes, MAX_BYTES, read);
  }

  /** Reads a whole message of at most so many bytes. */
  static <T> T read(ByteString bytes, int maxBytes, Function<WireReader, T> read) {
    var path = new WirePath();
    if (bytes.size() > maxBytes) {
      throw new InvalidResourceException(
          "resource", bytes.size() + " bytes are more than " + maxBytes);
    }
    try {
      return new WireReader(bytes.newCodedInput(), path).whole(read);
    } catch (UnreadableException e) {
      throw new InvalidResourceException(e.path, e.reason);
    } catch (InvalidResourceException e) {
      // A record's own check. It knows the rule; the place, where the reader stands, it does not.
      throw path.depth() == 0
          ? e
          : new InvalidResourceException(path.toString(), String.valueOf(e.getMessage()));
    }
  }

  /** Goes to the next field; false at the message's end. */
  boolean next() {
    try {
      if (in.isAtEnd()) {
        return false;
      }
      tag = in.readTag();
      return true;
    } catch (IOException e) {
      throw malformed("?", e);
    }
  }

  /** The number of the field that {@link #next} found. */
  int field() {
    return WireFormat.getTagFieldNumber(tag);
  }

  /** Passes over the field. */
  void skip() {
    try {
      if (!in.skipField(tag)) {
        throw invalid("?", "ends a group that was not begun");
      }
    } catch (IOException e) {
      throw malformed("#" + field(), e);
    }
  }

  String string(String name) {
    expect(name, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    try {
      return in.readStringRequireUtf8();
    } catch (IOException e) {
      throw malformed(name, e);
    }
  }

  ByteString bytes(String name) {
    expect(name, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    try {
      return in.readBytes();
    } catch (IOException e) {
      throw malformed(name, e);
    }
  }

  boolean bool(String name) {
    return int64(name) != 0;
  }

  /** An unsigned 32-bit number that must fit our {@code int}. */
  int uint32(String name) {
    var value = int64(name) & 0xFFFF_FFFFL;
    if (value > Integer.MAX_VALUE) {
      throw invalid(name, value + " is above " + Integer.MAX_VALUE);
    }
    return (int) value;
  }

  /** An enum's number. */
  int number(String name) {
    return (int) int64(name);
  }

  long int64(String name) {
    expect(name, WireFormat.WIRETYPE_VARINT);
    try {
      return in.readRawVarint64();
    } catch (IOException e) {
      throw malformed(name, e);
    }
  }

  double float64(String name) {
    expect(name, WireFormat.WIRETYPE_FIXED64);
    try {
      return in.readDouble();
    } catch (IOException e) {
      throw malformed(name, e);
    }
  }

  /** A message in the field. */
  <T> T message(String name, Function<WireReader, T> read) {
    return message(name, WirePath.NONE, read);
  }

  /** The {@code index}-th message of a repeated field. */
  <T> T message(String name, int index, Function<WireReader, T> read) {
    expect(name, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    path.push(name, index);
    try {
      var outer = in.pushLimit(in.readRawVarint32());
      var value = whole(read);
      in.popLimit(outer);
      path.pop();
      return value;
    } catch (IOException e) {
      throw malformed("", e);
    }
  }

  /** The message inside an Any, as a part of this one. */
  <T> T unpack(String name, AnyValue any, Function<WireReader, T> read) {
    path.push(name, WirePath.NONE);
    var value = new WireReader(any.value().newCodedInput(), path).whole(read);
    path.pop();
    return value;
  }

  /** What is wrong with a field of the message that is being read. */
  RuntimeException invalid(String name, String reason) {
    return new UnreadableException(name.isEmpty() ? path.toString() : path.field(name), reason);
  }

  /** A field that would change what happens to traffic, and that no Ondine understands yet. */
  RuntimeException unsupported(String name) {
    return invalid(name, "is not supported");
  }

  private <T> T whole(Function<WireReader, T> read) {
    var value = read.apply(this);
    try {
      if (!in.isAtEnd()) {
        throw new IllegalStateException(path + " was not read to its end");
      }
    } catch (IOException e) {
      throw malformed("", e);
    }
    return value;
  }

  private void expect(String name, int wireType) {
    var actual = WireFormat.getTagWireType(tag);
    if (actual != wireType) {
      throw invalid(name, "has wire type " + actual + " instead of " + wireType);
    }
  }

  private RuntimeException malformed(String name, IOException cause) {
    return invalid(name, "is malformed: " + cause.getMessage());
  }

  /** Says which of the readers' and the records' errors already know their place. */
  private static final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final String path;
    final String reason;

    UnreadableException(String path, String reason) {
      super(path + ": " + reason, null, false, false);
      this.path = path;
      this.reason = reason;
    }
  }

  /** Reads a {@code google.protobuf.Any}. */
  static AnyValue any(WireReader in) {
    var typeUrl = "";
    @Nullable ByteString value = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> typeUrl = in.string("type_url");
        case 2 -> value = in.bytes("value");
        default -> in.skip();
      }
    }
    return new AnyValue(typeUrl, value == null ? ByteString.EMPTY : value);
  }
}
