package dev.ondine.control.api;

import dev.ondine.control.census.Census;
import dev.ondine.control.registry.Registration;
import dev.ondine.control.registry.RegistrationRefusedException;
import dev.ondine.control.registry.Registry;
import dev.ondine.control.registry.WorkloadKey;
import dev.ondine.control.store.StoreException;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.model.Locality;
import dev.ondine.model.ServicePort;
import dev.ondine.model.Workload;
import dev.ondine.proto.v1.LeaseStatus;
import dev.ondine.proto.v1.WorkloadRegistrationGrpc;
import dev.ondine.proto.v1.WorkloadStatus;
import dev.ondine.xds.transport.CallPeer;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registration by the workloads' own sidecars: the gRPC form of {@link WorkloadsApi}.
 *
 * <p>A broken stream says nothing about the workload, so it removes nothing: only the end of the
 * lease does, or the state GONE. A refused status leaves the stream open, for the next may be
 * taken.
 */
final class RegistrationService extends WorkloadRegistrationGrpc.WorkloadRegistrationImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(RegistrationService.class);

  private final Registry registry;
  private final Census census;
  private final Optional<PeerRules> rules;

  /**
   * @param census told who calls the workloads
   * @param rules hold what workloads say against their certificates; empty: all are believed
   */
  RegistrationService(Registry registry, Census census, Optional<PeerRules> rules) {
    this.registry = registry;
    this.census = census;
    this.rules = rules;
  }

  @Override
  public StreamObserver<WorkloadStatus> attach(StreamObserver<LeaseStatus> answers) {
    var peer = CallPeer.current();
    return new StreamObserver<>() {
      private boolean ended;

      @Override
      public void onNext(WorkloadStatus status) {
        if (ended) {
          return; // sent before the workload heard that it is gone
        }
        var refusal = rules.flatMap(rule -> rule.refusal(status, peer));
        if (refusal.isPresent()) {
          ended = true;
          answers.onError(
              Status.PERMISSION_DENIED.withDescription(refusal.get()).asRuntimeException());
          return;
        }
        answers.onNext(answer(status));
        if (status.getState() == WorkloadStatus.State.GONE) {
          onCompleted();
        }
      }

      @Override
      public void onError(Throwable failure) {
        LOG.debug("a registration stream broke", failure);
      }

      @Override
      public void onCompleted() {
        if (!ended) {
          ended = true;
          answers.onCompleted();
        }
      }
    };
  }

  private LeaseStatus answer(WorkloadStatus status) {
    try {
      return switch (status.getState()) {
        case READY -> register(status, Workload.State.READY);
        case LAME_DUCK -> register(status, Workload.State.LAME_DUCK);
        case GONE -> deregister(status);
        case STATE_UNSPECIFIED, UNRECOGNIZED ->
            throw new RegistrationRefusedException(
                "state " + status.getStateValue() + " (allowed: READY, LAME_DUCK, GONE)");
      };
    } catch (InvalidResourceException | RegistrationRefusedException | StoreException e) {
      LOG.warn("{}.{} not registered: {}", status.getInstance(), status.getNamespace(), text(e));
      return LeaseStatus.newBuilder().setError(text(e)).build();
    }
  }

  private LeaseStatus register(WorkloadStatus status, Workload.State state) {
    var registration = registration(status, state);
    var lease = registry.register(registration);
    if (status.hasCensus()) {
      census.reported(registration.key(), CensusReports.read(status.getCensus(), census.now()));
    } else {
      census.unchanged(registration.key());
    }
    return LeaseStatus.newBuilder()
        .setTtlSeconds((int) lease.ttl().toSeconds())
        .setWorkload(lease.workload())
        .build();
  }

  private LeaseStatus deregister(WorkloadStatus status) {
    var key = new WorkloadKey(status.getNamespace(), status.getInstance());
    // One that was refused for a name clash must not take the holder of the name away.
    if (registry.registration(key).stream()
        .anyMatch(holder -> holder.workload().address().equals(status.getAddress()))) {
      registry.deregister(key);
      census.gone(key);
    }
    return LeaseStatus.getDefaultInstance();
  }

  private static Registration registration(WorkloadStatus status, Workload.State state) {
    var workload =
        new Workload(
            status.getInstance(),
            status.getNamespace(),
            status.getService(),
            status.getAddress(),
            Map.of(),
            status.getSidecar(),
            status.getMtls(),
            state,
            serviceAccount(status),
            new Locality("", status.getZone(), ""),
            1,
            status.getLabelsMap());
    return new Registration(
        workload, status.getPortsList().stream().map(RegistrationService::port).toList());
  }

  /** Its service's name where it names none. */
  static String serviceAccount(WorkloadStatus status) {
    var account = status.getServiceAccount();
    return account.isEmpty() ? status.getService() : account;
  }

  private static ServicePort port(WorkloadStatus.Port port) {
    var number = port.getNumber();
    var name = port.getName().isEmpty() ? "port-" + number : port.getName();
    var target = port.getTargetPort() == 0 ? number : port.getTargetPort();
    return new ServicePort(name, number, target, protocol(port.getProtocol()));
  }

  private static AppProtocol protocol(String text) {
    return text.isEmpty()
        ? AppProtocol.AUTO
        : AppProtocol.of(text)
            .orElseThrow(
                () ->
                    new RegistrationRefusedException(
                        "protocol '" + text + "' (allowed: " + RegistrationJson.protocols() + ")"));
  }

  private static String text(RuntimeException failure) {
    return String.valueOf(failure.getMessage());
  }
}
