package dev.ondine.proxy.grpcclient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.ServicePort;
import dev.ondine.proto.v1.LeaseStatus;
import dev.ondine.proto.v1.WorkloadRegistrationGrpc;
import dev.ondine.proto.v1.WorkloadStatus;
import dev.ondine.proxy.grpcclient.AttachCall.Lease;
import dev.ondine.proxy.grpcclient.AttachCall.StatusMessage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is written and read by hand is what the generated classes read and write. */
class AttachCallTest {
  @Test
  void theMethodIsTheGeneratedOne() {
    assertThat(AttachCall.METHOD.getFullMethodName())
        .isEqualTo(WorkloadRegistrationGrpc.getAttachMethod().getFullMethodName());
    assertThat(AttachCall.METHOD.getType())
        .isEqualTo(WorkloadRegistrationGrpc.getAttachMethod().getType());
  }

  @Test
  void aStatusIsReadByTheGeneratedClass() throws Exception {
    var ports =
        List.of(
            new ServicePort("http", 80, 8080, AppProtocol.HTTP),
            new ServicePort("port-6379", 6379, 6379, AppProtocol.AUTO));
    var registration =
        new Registration("orders", "shop", "orders-0", "keeper", true, "fd00::7", ports, "eu-1");

    for (var state : Registration.State.values()) {
      var written =
          AttachCall.METHOD.streamRequest(new StatusMessage(registration, state, Optional.empty()));

      assertThat(WorkloadStatus.parseFrom(written))
          .isEqualTo(
              WorkloadStatus.newBuilder()
                  .setService("orders")
                  .setNamespace("shop")
                  .setInstance("orders-0")
                  .setServiceAccount("keeper")
                  .setMtls(true)
                  .setAddress("fd00::7")
                  .addPorts(port("http", 80, 8080).setProtocol("http"))
                  .addPorts(port("port-6379", 6379, 6379))
                  .setSidecar(true)
                  .setState(WorkloadStatus.State.valueOf(state.name()))
                  .setZone("eu-1")
                  .build());
    }
  }

  @Test
  void aCensusIsReadByTheGeneratedClass() throws Exception {
    var at = Instant.parse("2026-01-01T00:10:00Z");
    var census =
        new Census(
            "permissive",
            at.minusSeconds(600),
            at,
            List.of(new Census.Plaintext("fd00::9", 8080, 3, 5_000_000_000L, at.minusMillis(20))),
            List.of(new Census.Proven("spiffe://mesh.local/ns/a/sa/b", 1, 2, at.plusSeconds(1))));
    var registration =
        new Registration("orders", "shop", "orders-0", "keeper", true, "fd00::7", List.of(), "");

    var written =
        AttachCall.METHOD.streamRequest(
            new StatusMessage(registration, Registration.State.READY, Optional.of(census)));

    assertThat(WorkloadStatus.parseFrom(written).getCensus())
        .isEqualTo(
            WorkloadStatus.Census.newBuilder()
                .setMtls("permissive")
                .setWatchedMs(600_000)
                .addPlaintext(
                    WorkloadStatus.PlaintextCaller.newBuilder()
                        .setAddress("fd00::9")
                        .setPort(8080)
                        .setConnections(3)
                        .setRequests(5_000_000_000L)
                        .setAgeMs(20))
                .addProven(
                    WorkloadStatus.ProvenCaller.newBuilder()
                        .setIdentity("spiffe://mesh.local/ns/a/sa/b")
                        .setConnections(1)
                        .setRequests(2))
                .build());
  }

  @Test
  void aCensusHoldsABoundedNumberOfCallers() {
    var now = Instant.EPOCH;
    var many =
        IntStream.range(0, 100)
            .mapToObj(i -> new Census.Plaintext("10.0.0." + i, 80, 1, 1, now))
            .toList();

    assertThat(new Census("strict", now, now, many, List.of()).plaintext())
        .hasSize(Census.MAX_CALLERS)
        .startsWith(many.getFirst());
  }

  private static WorkloadStatus.Port.Builder port(String name, int number, int target) {
    return WorkloadStatus.Port.newBuilder().setName(name).setNumber(number).setTargetPort(target);
  }

  @Test
  void anAnswerOfTheGeneratedClassIsRead() {
    var lease =
        LeaseStatus.newBuilder().setTtlSeconds(15).setWorkload("orders-0").setError("taken");

    assertThat(AttachCall.METHOD.parseResponse(lease.build().toByteString().newInput()))
        .isEqualTo(new Lease(15, "orders-0", "taken"));
  }

  @Test
  void fieldsOfALaterVersionArePassedOver() {
    var later =
        WorkloadStatus.newBuilder().setService("a").putLabels("k", "v").setZone("z").build();

    var lease = AttachCall.METHOD.parseResponse(later.toByteString().newInput());

    assertThat(lease.ttlSeconds()).isZero();
  }
}
