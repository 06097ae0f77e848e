package dev.ondine.proxy.tcp;

import dev.ondine.model.AppProtocol;
import dev.ondine.proxy.detect.DetectionSettings;
import dev.ondine.proxy.detect.ProtocolDetector;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.DetectingAcceptor;
import dev.ondine.proxy.transport.FirstBytes;
import java.util.function.Function;

/**
 * Where connections to the workload come in: relays at once what goes to a port that is said to be
 * TCP, so that the workload may speak first, and looks at the first bytes of all others.
 */
public final class InboundEntrance implements Acceptor {
  private final InboundTcp relay;
  private final Function<ConnectionInfo, AppProtocol> protocol;
  private final DetectionSettings detection;
  private final Acceptor detecting;
  private final Acceptor clientSpeaksFirst;

  /**
   * Makes the one entrance that all loops share.
   *
   * @param protocol what is said of the workload's port that a connection is meant for; AUTO if
   *     nothing is
   * @param choice who serves a connection by its first bytes
   * @param httpOnly the same for ports that are said to be HTTP: nothing else gets through
   */
  public InboundEntrance(
      InboundTcp relay,
      Function<ConnectionInfo, AppProtocol> protocol,
      DetectionSettings detection,
      TcpSettings settings,
      FirstBytes choice,
      FirstBytes httpOnly) {
    this.relay = relay;
    this.protocol = protocol;
    this.detection = detection;
    this.detecting = new DetectingAcceptor(choice, detection.timeout(), ProtocolDetector.MAX_BYTES);
    this.clientSpeaksFirst =
        new DetectingAcceptor(httpOnly, settings.patience(), ProtocolDetector.MAX_BYTES);
  }

  @Override
  public void accept(Connection connection, ConnectionInfo info) {
    by(info).accept(connection, info);
  }

  private Acceptor by(ConnectionInfo info) {
    return switch (protocol.apply(info)) {
      case TCP, TLS -> relay;
      case HTTP, HTTP2, GRPC -> clientSpeaksFirst;
      case AUTO -> isServerFirst(info) ? relay : detecting;
    };
  }

  private boolean isServerFirst(ConnectionInfo info) {
    return info.originalDestination()
        .filter(original -> detection.serverFirstPorts().contains(original.getPort()))
        .isPresent();
  }
}
