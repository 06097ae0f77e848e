package dev.ondine.proxy.tcp;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.Bundle;
import dev.ondine.model.DemandKey;
import dev.ondine.model.Listener;
import dev.ondine.model.ServiceState.Serving;
import dev.ondine.proxy.detect.DetectionSettings;
import dev.ondine.proxy.detect.ProtocolDetector;
import dev.ondine.proxy.discovery.Outcome;
import dev.ondine.proxy.discovery.Services;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.DetectingAcceptor;
import dev.ondine.proxy.transport.FirstBytes;
import dev.ondine.proxy.transport.Silence;
import java.time.Duration;

/**
 * Where connections that were redirected to the outbound listener come in: relays at once what is
 * known to be TCP, so that a server may speak first, and looks at the first bytes of all others.
 *
 * <p>A client that says nothing for a moment is perhaps waiting for the server's word: then
 * discovery is asked what its destination is, so that neither waits for the whole detection.
 */
public final class OutboundEntrance implements Acceptor, Silence {
  private final OutboundTcp relay;
  private final Services services;
  private final DetectionSettings detection;
  private final TcpSettings settings;
  private final Acceptor unknown;
  private final Acceptor known;
  private final Acceptor clientSpeaksFirst;

  /**
   * Makes the one entrance that all loops share.
   *
   * @param choice who serves a connection by its first bytes
   */
  public OutboundEntrance(
      OutboundTcp relay,
      Services services,
      DetectionSettings detection,
      TcpSettings settings,
      FirstBytes choice) {
    this.relay = relay;
    this.services = services;
    this.detection = detection;
    this.settings = settings;
    var detecting = new DetectingAcceptor(choice, detection.timeout(), ProtocolDetector.MAX_BYTES);
    this.known = detecting;
    this.unknown = detecting.whenSilent(this);
    this.clientSpeaksFirst =
        new DetectingAcceptor(choice, settings.patience(), ProtocolDetector.MAX_BYTES);
  }

  @Override
  public void accept(Connection connection, ConnectionInfo info) {
    by(info).accept(connection, info);
  }

  private Acceptor by(ConnectionInfo info) {
    if (info.originalDestination().isEmpty()) {
      return relay; // refuses it: a loop
    }
    var original = info.originalDestination().get();
    var key = DemandKey.VirtualIp.of(original);
    if (key.isPresent() && services.get(key.get()) instanceof Serving state) {
      return switch (Speaker.of(state.bundle())) {
        case RELAYED -> relay;
        case CLIENT -> clientSpeaksFirst;
        case EITHER -> known;
      };
    }
    if (detection.serverFirstPorts().contains(original.getPort())) {
      return relay;
    }
    return key.isPresent() ? unknown : known;
  }

  // ---- a client that says nothing, to a service that is not known
  // ---------------------------------

  @Override
  public Duration after() {
    return settings.silence();
  }

  @Override
  public Runnable ask(Connection connection, ConnectionInfo info, Answer answer) {
    var key = info.originalDestination().flatMap(DemandKey.VirtualIp::of);
    if (key.isEmpty()) {
      return () -> {};
    }
    var waiter =
        services.await(
            key.get(),
            Services.NO_DEADLINE,
            connection.loop(),
            outcome -> {
              if (outcome instanceof Outcome.Found(var state)) {
                found(state.bundle(), answer);
              } // else the detection's end decides: HTTP goes by its authority, whatever this says
            });
    return waiter::cancel;
  }

  private void found(Bundle bundle, Answer answer) {
    switch (Speaker.of(bundle)) {
      case RELAYED -> answer.servedBy(relay);
      case CLIENT -> answer.isWorthWaitingFor(settings.patience());
      case EITHER -> {}
    }
  }

  /** What a service says about who speaks first. */
  private enum Speaker {
    /** It does not matter: the bytes are none of our business. */
    RELAYED,
    CLIENT,
    EITHER;

    static Speaker of(Bundle bundle) {
      if (bundle.listener().traffic() instanceof Listener.Traffic.Tcp) {
        return RELAYED;
      }
      var protocol =
          bundle.listener().service().map(Listener.ServiceInfo::protocol).orElse(AppProtocol.AUTO);
      return protocol == AppProtocol.AUTO ? EITHER : CLIENT;
    }
  }
}
