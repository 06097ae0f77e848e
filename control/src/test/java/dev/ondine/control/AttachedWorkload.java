package dev.ondine.control;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.ondine.proto.v1.LeaseStatus;
import dev.ondine.proto.v1.WorkloadRegistrationGrpc;
import dev.ondine.proto.v1.WorkloadStatus;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** A workload that registers itself, as a sidecar does for it. */
final class AttachedWorkload implements StreamObserver<LeaseStatus> {
  private final BlockingQueue<LeaseStatus> answers = new LinkedBlockingQueue<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final StreamObserver<WorkloadStatus> statuses;
  private final WorkloadStatus.Builder status;

  AttachedWorkload(ManagedChannel channel, String service, String instance, String address) {
    status =
        WorkloadStatus.newBuilder()
            .setNamespace("shop")
            .setService(service)
            .setInstance(instance)
            .setAddress(address)
            .setSidecar(true)
            .addPorts(WorkloadStatus.Port.newBuilder().setNumber(80));
    statuses = WorkloadRegistrationGrpc.newStub(channel).attach(this);
  }

  /** The next statuses serve this port too. */
  AttachedWorkload port(int number, String protocol) {
    status.addPorts(WorkloadStatus.Port.newBuilder().setNumber(number).setProtocol(protocol));
    return this;
  }

  /** The next status says who calls it, and that it takes mutual TLS. */
  AttachedWorkload census(WorkloadStatus.Census census) {
    status.setMtls(true).setCensus(census);
    return this;
  }

  /** The next statuses say nothing new of that. */
  AttachedWorkload noCensus() {
    status.clearCensus();
    return this;
  }

  /** Sends a status and waits for the answer. */
  LeaseStatus send(WorkloadStatus.State state) throws InterruptedException {
    statuses.onNext(status.setState(state).build());
    var answer = answers.poll(10, SECONDS);
    if (answer == null) {
      throw new AssertionError("no answer to " + state);
    }
    return answer;
  }

  /** Breaks the stream without a word. */
  void vanish() {
    statuses.onError(new IllegalStateException("vanished"));
  }

  boolean hasEnded() throws InterruptedException {
    return ended.await(10, SECONDS);
  }

  @Override
  public void onNext(LeaseStatus answer) {
    answers.add(answer);
  }

  @Override
  public void onError(Throwable cause) {
    ended.countDown();
  }

  @Override
  public void onCompleted() {
    ended.countDown();
  }
}
