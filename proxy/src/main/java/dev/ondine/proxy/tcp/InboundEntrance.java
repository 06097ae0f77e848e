package dev.ondine.proxy.tcp;

import dev.ondine.model.AppProtocol;
import dev.ondine.proxy.detect.DetectionSettings;
import dev.ondine.proxy.detect.ProtocolDetector;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.DetectingAcceptor;
import dev.ondine.proxy.transport.FirstBytes;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where connections to the workload come in: relays at once what goes to a port that is said to be
 * TCP, so that the workload may speak first, and looks at the first bytes of all others.
 *
 * <p>Where a ClientHello may be meant for this sidecar, TCP is looked at, too: a client that waits
 * for the workload's first word then waits for the end of detection. A port that is said to be TLS
 * never is: what comes there is the workload's.
 */
public final class InboundEntrance implements Acceptor {
  private final InboundTcp relay;
  private final Function<ConnectionInfo, AppProtocol> protocol;
  private final DetectionSettings detection;
  private final Acceptor auto;
  private final Acceptor http;
  private final Acceptor http2;
  private final Acceptor tcp;

  /**
   * Who serves a connection by its first bytes, for ports of which something is said or nothing.
   *
   * @param http what is no HTTP is for the codec to refuse
   * @param http2 likewise
   * @param tcp empty: nobody asks
   */
  public record Choices(
      FirstBytes auto, FirstBytes http, FirstBytes http2, Optional<FirstBytes> tcp) {}

  /**
   * Makes the one entrance that all loops share.
   *
   * @param protocol what is said of the workload's port that a connection is meant for; AUTO if
   *     nothing is
   */
  public InboundEntrance(
      InboundTcp relay,
      Function<ConnectionInfo, AppProtocol> protocol,
      DetectionSettings detection,
      TcpSettings settings,
      Choices choices) {
    this.relay = relay;
    this.protocol = protocol;
    this.detection = detection;
    this.auto = detecting(choices.auto(), detection.timeout());
    this.http = detecting(choices.http(), settings.patience());
    this.http2 = detecting(choices.http2(), settings.patience());
    this.tcp =
        choices.tcp().<Acceptor>map(choice -> detecting(choice, detection.timeout())).orElse(relay);
  }

  private static DetectingAcceptor detecting(FirstBytes choice, Duration timeout) {
    return new DetectingAcceptor(choice, timeout, ProtocolDetector.MAX_BYTES);
  }

  @Override
  public void accept(Connection connection, ConnectionInfo info) {
    by(info).accept(connection, info);
  }

  private Acceptor by(ConnectionInfo info) {
    return switch (protocol.apply(info)) {
      case TLS -> relay;
      case TCP -> tcp;
      case HTTP -> http;
      case HTTP2, GRPC -> http2;
      case AUTO -> isServerFirst(info) ? relay : auto;
    };
  }

  private boolean isServerFirst(ConnectionInfo info) {
    return info.originalDestination()
        .filter(original -> detection.serverFirstPorts().contains(original.getPort()))
        .isPresent();
  }
}
