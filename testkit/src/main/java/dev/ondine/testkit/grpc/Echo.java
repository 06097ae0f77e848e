package dev.ondine.testkit.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The methods of the gRPC service {@code ondine.test.Echo}; messages are text. */
public final class Echo {
  /** Its full name. */
  public static final String SERVICE = "ondine.test.Echo";

  /** Answers with what it got. */
  public static final MethodDescriptor<String, String> UNARY = method(MethodType.UNARY, "Unary");

  /** Answers with as many messages as the request says, "0", "1" and so on. */
  public static final MethodDescriptor<String, String> COUNT =
      method(MethodType.SERVER_STREAMING, "Count");

  /** Answers with all messages joined by blanks. */
  public static final MethodDescriptor<String, String> JOIN =
      method(MethodType.CLIENT_STREAMING, "Join");

  /** Answers each message with the same, at once. */
  public static final MethodDescriptor<String, String> TALK =
      method(MethodType.BIDI_STREAMING, "Talk");

  /** Never answers; the server knows when the call was cancelled. */
  public static final MethodDescriptor<String, String> HANG = method(MethodType.UNARY, "Hang");

  /** Fails with the status that the request names. */
  public static final MethodDescriptor<String, String> FAIL = method(MethodType.UNARY, "Fail");

  private Echo() {}

  private static MethodDescriptor<String, String> method(MethodType type, String name) {
    return MethodDescriptor.<String, String>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(new Text())
        .setResponseMarshaller(new Text())
        .build();
  }

  /** Text in UTF-8. */
  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try (stream) {
        return new String(stream.readAllBytes(), UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
