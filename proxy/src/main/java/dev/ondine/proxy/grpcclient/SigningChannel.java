package dev.ondine.proxy.grpcclient;

import com.google.protobuf.UnsafeByteOperations;
import dev.ondine.model.TrustBundles;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A channel to control by which a key is certified. To be closed by whoever opened it. */
public final class SigningChannel implements AutoCloseable {
  private final ManagedChannel channel;

  /** Uses this channel, and shuts it down. */
  public SigningChannel(ManagedChannel channel) {
    this.channel = channel;
  }

  /**
   * What is asked for.
   *
   * @param joinToken as text; empty: the channel proves who asks
   */
  public record Wish(String namespace, String serviceAccount, Optional<String> joinToken) {
    @Override
    public String toString() {
      return serviceAccount + "." + namespace; // no log shows a token
    }
  }

  /**
   * What was certified.
   *
   * @param chain the leaf first, without the root
   */
  public record Signed(List<X509Certificate> chain, TrustBundles bundles) {
    public Signed {
      chain = List.copyOf(chain);
    }
  }

  /** Told once what comes of it, on a thread of the channel's. */
  public interface Answer {
    /** There it is. */
    void signed(Signed signed);

    /** There is none, and why. */
    void failed(String why);
  }

  /**
   * Asks, without waiting.
   *
   * @param csr a certificate request (RFC 2986) in DER
   * @param limit after which it has failed
   */
  public void sign(byte[] csr, Wish wish, Duration limit, Answer answer) {
    var options = CallOptions.DEFAULT.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    ClientCalls.asyncUnaryCall(
        channel.newCall(SignCall.METHOD, options),
        new SignCall.Request(UnsafeByteOperations.unsafeWrap(csr), wish),
        new StreamObserver<>() {
          private boolean told; // the caller may close the channel as soon as it is

          @Override
          public void onNext(Signed signed) {
            if (!told) {
              told = true;
              answer.signed(signed);
            }
          }

          @Override
          public void onError(Throwable failure) {
            if (!told) {
              told = true;
              answer.failed(text(Status.fromThrowable(failure)));
            }
          }

          @Override
          public void onCompleted() {}
        });
  }

  private static String text(Status status) {
    var description = status.getDescription();
    var cause = status.getCause();
    return (description == null ? status.getCode().toString() : description)
        + (cause == null ? "" : " (" + cause.getMessage() + ")");
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
