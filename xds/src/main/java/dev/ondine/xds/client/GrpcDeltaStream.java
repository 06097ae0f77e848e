package dev.ondine.xds.client;

import dev.ondine.base.time.Scheduler;
import dev.ondine.xds.transport.ChannelSecurity;
import dev.ondine.xds.transport.ChannelSettings;
import dev.ondine.xds.transport.GrpcChannels;
import dev.ondine.xds.transport.ServerAddress;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/**
 * One delta ADS call on a connection of its own. Confined to the client's scheduler, which is also
 * where its listener is told; messages are bytes, one is delivered for each {@link #next}.
 */
final class GrpcDeltaStream {
  /** Told of the stream; nothing more after {@link #closed}. */
  interface Listener {
    /** More can be written; the first time also: the stream is open. */
    void ready(GrpcDeltaStream stream);

    void message(GrpcDeltaStream stream, byte[] message);

    /** The stream is gone; the reason is for people. */
    void closed(GrpcDeltaStream stream, String reason);
  }

  private static final Duration TRY_AGAIN = Duration.ofMillis(50);

  private static final MethodDescriptor<byte[], byte[]> METHOD =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodType.BIDI_STREAMING)
          .setFullMethodName(
              "envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources")
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(new Bytes())
          .build();

  private final ServerAddress server;
  private final GrpcChannels channels;
  private final Scheduler scheduler;
  private final Listener listener;
  private final ManagedChannel channel;
  private final ClientCall<byte[], byte[]> call;
  private boolean closed;

  GrpcDeltaStream(
      ServerAddress server,
      ChannelSecurity security,
      ChannelSettings settings,
      GrpcChannels channels,
      Scheduler scheduler,
      Listener listener) {
    this.server = server;
    this.channels = channels;
    this.scheduler = scheduler;
    this.listener = listener;
    // A channel for each attempt: none of gRPC's own retries and back-off, and names are resolved
    // anew.
    this.channel = channels.open(server, security, settings);
    this.call = channel.newCall(METHOD, CallOptions.DEFAULT);
  }

  /** Begins to connect. */
  void open() {
    call.start(new Events(), new Metadata());
    call.request(1);
  }

  ServerAddress server() {
    return server;
  }

  boolean isReady() {
    return !closed && call.isReady();
  }

  void send(byte[] message) {
    if (!closed) {
      call.sendMessage(message);
    }
  }

  /** Asks for the next message. */
  void next() {
    if (!closed) {
      call.request(1);
    }
  }

  /** Ends the stream; the listener is told before this returns. */
  void close(String reason) {
    if (!closed) {
      call.cancel(reason, null);
      ended(reason);
    }
  }

  private void ended(String reason) {
    if (!closed) {
      closed = true;
      channel.shutdownNow();
      listener.closed(this, reason);
    }
  }

  /** Told on the channels' thread. */
  private final class Events extends ClientCall.Listener<byte[]> {
    @Override
    public void onReady() {
      hand(
          () -> {
            if (!closed) {
              listener.ready(GrpcDeltaStream.this);
            }
          });
    }

    @Override
    public void onMessage(byte[] message) {
      hand(
          () -> {
            if (!closed) {
              listener.message(GrpcDeltaStream.this, message);
            }
          });
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      hand(() -> ended(describe(status)));
    }

    /** A busy scheduler must still learn that the stream is gone, else nobody opens another. */
    private void hand(Runnable event) {
      try {
        scheduler.execute(event);
      } catch (RejectedExecutionException e) {
        channels.later(TRY_AGAIN, () -> hand(event));
      }
    }
  }

  private static String describe(Status status) {
    var text = new StringBuilder(status.getCode().toString());
    if (status.getDescription() != null) {
      text.append(": ").append(status.getDescription());
    }
    var cause = status.getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause != null && cause.getMessage() != null) {
      text.append(": ").append(cause.getMessage());
    }
    return text.toString();
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try (stream) {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
