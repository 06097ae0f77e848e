package dev.ondine.testkit.grpc;

import io.grpc.Context;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A real gRPC server of {@link Echo} on a port of its own, which remembers what it saw. */
public final class EchoServer implements AutoCloseable {
  /** A trailer that every answer carries. */
  public static final Metadata.Key<String> TRAILER =
      Metadata.Key.of("x-echo-trailer", Metadata.ASCII_STRING_MARSHALLER);

  private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> cancelled = new LinkedBlockingQueue<>();
  private final BlockingQueue<Metadata> headers = new LinkedBlockingQueue<>();
  private final Server server;

  private EchoServer() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(ServerInterceptors.intercept(service(), new Observing()))
            .build()
            .start();
  }

  /** Starts it on the loopback address. */
  public static EchoServer start() throws IOException {
    return new EchoServer();
  }

  /** Where it listens. */
  public int port() {
    return server.getPort();
  }

  /** The methods that were called and not yet asked for here, in order. */
  public BlockingQueue<String> calls() {
    return calls;
  }

  /** The methods whose calls the client cancelled, likewise. */
  public BlockingQueue<String> cancelled() {
    return cancelled;
  }

  /** The headers of the calls, likewise. */
  public BlockingQueue<Metadata> headers() {
    return headers;
  }

  /** Says that it goes away and lets the calls under way end. */
  public void shutdown() {
    server.shutdown();
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ServerServiceDefinition service() {
    return ServerServiceDefinition.builder(Echo.SERVICE)
        .addMethod(
            Echo.UNARY,
            ServerCalls.asyncUnaryCall((text, answers) -> answer(answers, List.of(text))))
        .addMethod(
            Echo.COUNT,
            ServerCalls.asyncServerStreamingCall((text, answers) -> count(text, answers)))
        .addMethod(Echo.JOIN, ServerCalls.asyncClientStreamingCall(Joining::new))
        .addMethod(Echo.TALK, ServerCalls.asyncBidiStreamingCall(EchoServer::talk))
        .addMethod(Echo.HANG, ServerCalls.asyncUnaryCall((text, answers) -> {}))
        .addMethod(
            Echo.FAIL,
            ServerCalls.asyncUnaryCall(
                (text, answers) ->
                    answers.onError(
                        Status.Code.valueOf(text)
                            .toStatus()
                            .withDescription("as asked: é")
                            .asRuntimeException())))
        .build();
  }

  private static void answer(StreamObserver<String> answers, List<String> texts) {
    texts.forEach(answers::onNext);
    answers.onCompleted();
  }

  /** Writes only as the client takes them, like any large answer should. */
  private static void count(String text, StreamObserver<String> answers) {
    var call = (ServerCallStreamObserver<String>) answers;
    var last = Integer.parseInt(text);
    var next = new int[1];
    call.setOnReadyHandler(
        () -> {
          while (call.isReady() && next[0] < last) {
            call.onNext(Integer.toString(next[0]++));
          }
          if (next[0] == last) {
            next[0]++;
            call.onCompleted();
          }
        });
  }

  private static StreamObserver<String> talk(StreamObserver<String> answers) {
    return new StreamObserver<>() {
      @Override
      public void onNext(String value) {
        answers.onNext(value);
      }

      @Override
      public void onError(Throwable t) {}

      @Override
      public void onCompleted() {
        answers.onCompleted();
      }
    };
  }

  /** Keeps every message until the last. */
  private static final class Joining implements StreamObserver<String> {
    private final StreamObserver<String> answers;
    private final List<String> texts = new ArrayList<>();

    Joining(StreamObserver<String> answers) {
      this.answers = answers;
    }

    @Override
    public void onNext(String value) {
      texts.add(value);
    }

    @Override
    public void onError(Throwable t) {}

    @Override
    public void onCompleted() {
      answer(answers, List.of(String.join(" ", texts)));
    }
  }

  /** Notes calls and cancellations, and adds the trailer. */
  private final class Observing implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
      var method = call.getMethodDescriptor().getBareMethodName();
      headers.add(metadata);
      Context.current()
          .addListener(
              context -> {
                if (call.isCancelled()) {
                  cancelled.add(method);
                }
              },
              Runnable::run);
      calls.add(method);
      return next.startCall(
          new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
              trailers.put(TRAILER, "end of " + method);
              super.close(status, trailers);
            }
          },
          metadata);
    }
  }
}
