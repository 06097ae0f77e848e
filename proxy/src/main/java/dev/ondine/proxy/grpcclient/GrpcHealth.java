package dev.ondine.proxy.grpcclient;

import dev.ondine.xds.transport.ChannelSecurity;
import dev.ondine.xds.transport.ChannelSettings;
import dev.ondine.xds.transport.GrpcChannels;
import dev.ondine.xds.transport.ServerAddress;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks a server by the standard gRPC health protocol ({@code grpc.health.v1}) how it is. */
public final class GrpcHealth {
  /** A HealthCheckResponse that says SERVING: field 1, value 1. */
  private static final byte[] SERVING = {8, 1};

  private static final MethodDescriptor<byte[], byte[]> CHECK =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("grpc.health.v1.Health/Check")
          .setRequestMarshaller(new Raw())
          .setResponseMarshaller(new Raw())
          .build();

  private GrpcHealth() {}

  /**
   * Asks for the server's overall health; blocks for at most {@code timeout}.
   *
   * @return why it is not well; empty: it serves
   */
  public static Optional<String> check(
      GrpcChannels channels, InetSocketAddress server, Duration timeout) {
    var address = new ServerAddress(server.getAddress().getHostAddress(), server.getPort());
    var channel = channels.open(address, new ChannelSecurity.Plaintext(), ChannelSettings.DEFAULTS);
    try {
      return check(channel, timeout);
    } finally {
      channel.shutdownNow();
    }
  }

  private static Optional<String> check(Channel channel, Duration timeout) {
    var options = CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    try {
      var answer = ClientCalls.blockingUnaryCall(channel, CHECK, options, new byte[0]);
      return Arrays.equals(answer, SERVING)
          ? Optional.empty()
          : Optional.of("its gRPC health is not SERVING");
    } catch (StatusRuntimeException e) {
      return Optional.of(
          e.getStatus().getCode() == Status.Code.UNIMPLEMENTED
              ? "it does not offer grpc.health.v1.Health; use --ready tcp"
              : "its gRPC health cannot be asked: " + e.getStatus().getCode());
    }
  }

  private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readNBytes(64);
      } catch (IOException e) {
        throw Status.INTERNAL.withCause(e).asRuntimeException();
      }
    }
  }
}
