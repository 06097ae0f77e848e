package dev.ondine.proxy.grpcclient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.ServicePort;
import dev.ondine.proto.v1.LeaseStatus;
import dev.ondine.proto.v1.WorkloadRegistrationGrpc;
import dev.ondine.proto.v1.WorkloadStatus;
import dev.ondine.proxy.grpcclient.AttachCall.Lease;
import dev.ondine.proxy.grpcclient.AttachCall.StatusMessage;
import java.util.List;
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
      var written = AttachCall.METHOD.streamRequest(new StatusMessage(registration, state));

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
