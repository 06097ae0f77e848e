package dev.ondine.xds.codec;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.Consumer;

/** Writes a protobuf message field by field; what is empty is left out, as proto3 does. */
final class WireWriter {
  /** Writes to memory: there is nothing that could fail. */
  private interface Write {
    void to(CodedOutputStream out) throws IOException;
  }

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

  private WireWriter() {}

  static byte[] write(Consumer<WireWriter> message) {
    var writer = new WireWriter();
    message.accept(writer);
    writer.with(CodedOutputStream::flush);
    return writer.bytes.toByteArray();
  }

  void string(int field, String value) {
    if (!value.isEmpty()) {
      with(out -> out.writeString(field, value));
    }
  }

  void strings(int field, Iterable<String> values) {
    values.forEach(value -> with(out -> out.writeString(field, value)));
  }

  void int32(int field, int value) {
    if (value != 0) {
      with(out -> out.writeInt32(field, value));
    }
  }

  void message(int field, Consumer<WireWriter> message) {
    var content = write(message);
    with(out -> out.writeByteArray(field, content));
  }

  private void with(Write write) {
    try {
      write.to(out);
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
  }
}
