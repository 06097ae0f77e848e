package dev.ondine.proxy.grpcclient;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Messages that are written and read by hand: generated ones would load protobuf's descriptors into
 * every sidecar. A client writes requests and reads answers, nothing else.
 */
final class HandMarshaller {
  private HandMarshaller() {}

  /** Makes a message's bytes. */
  interface Writer<T> {
    byte[] write(T value) throws IOException;
  }

  /** Reads a message to its end. */
  interface Reader<T> {
    T read(InputStream stream) throws IOException;
  }

  static <T> MethodDescriptor.Marshaller<T> ofRequests(Writer<T> writer) {
    return marshaller(
        writer,
        _ -> {
          throw new UnsupportedOperationException("a client reads no requests");
        });
  }

  static <T> MethodDescriptor.Marshaller<T> ofAnswers(Reader<T> reader) {
    return marshaller(
        _ -> {
          throw new UnsupportedOperationException("a client writes no answers");
        },
        reader);
  }

  private static <T> MethodDescriptor.Marshaller<T> marshaller(Writer<T> writer, Reader<T> reader) {
    return new MethodDescriptor.Marshaller<>() {
      @Override
      public InputStream stream(T value) {
        try {
          return new ByteArrayInputStream(writer.write(value));
        } catch (IOException e) {
          throw new UncheckedIOException(e); // not when writing to memory
        }
      }

      @Override
      public T parse(InputStream stream) {
        try {
          return reader.read(stream);
        } catch (IOException e) {
          throw Status.INTERNAL
              .withDescription("control's answer cannot be read")
              .withCause(e)
              .asRuntimeException();
        }
      }
    };
  }
}
