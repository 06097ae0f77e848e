package dev.ondine.proxy;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.InboundSecurity;
import dev.ondine.model.InboundSecurity.Mtls;
import dev.ondine.proxy.detect.ClientHello;
import dev.ondine.proxy.detect.Detection;
import dev.ondine.proxy.detect.DetectionSettings;
import dev.ondine.proxy.detect.Offer;
import dev.ondine.proxy.detect.ProtocolDetector;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.Refusals;
import dev.ondine.proxy.tcp.TcpSettings;
import dev.ondine.proxy.tls.Inside;
import dev.ondine.proxy.tls.PlaintextCallers;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.DetectingAcceptor;
import java.nio.ByteBuffer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Where connections to the workload come in: tells those of the mesh, which prove who they are,
 * from all others, and lets in whom the port's policy allows.
 *
 * <p>A ClientHello of the mesh offers a protocol of ours; where nothing else may come in, every TLS
 * is taken for the mesh's. A client that waits for the workload's first word has to wait for the
 * end of detection, where others than the mesh may come in.
 */
final class MeshEntrance implements Acceptor {
  private static final byte HANDSHAKE = 0x16;

  private final Supplier<InboundSecurity> policy;
  private final ToIntFunction<ConnectionInfo> port;
  private final Acceptor mesh;
  private final Acceptor plain;
  private final Acceptor probes;
  private final PlaintextCallers callers;
  private final Refusals refusals;
  private final Acceptor permissive;
  private final Acceptor permissiveHttp;
  private final Function<ConnectionInfo, AppProtocol> protocol;
  private final Acceptor strict;

  /**
   * @param port the workload's own that a connection is for
   * @param mesh takes a ClientHello that is meant for a sidecar
   * @param plain takes all that is not
   * @param probes HTTP/1, whose requests are looked at again
   * @param protocol what is said of that port
   * @param detection how long a client may be silent where it may be anybody
   * @param settings how long it may take where it has to prove who it is
   */
  MeshEntrance(
      Supplier<InboundSecurity> policy,
      ToIntFunction<ConnectionInfo> port,
      Function<ConnectionInfo, AppProtocol> protocol,
      Acceptor mesh,
      Acceptor plain,
      Acceptor probes,
      PlaintextCallers callers,
      Refusals refusals,
      DetectionSettings detection,
      TcpSettings settings) {
    this.policy = policy;
    this.port = port;
    this.protocol = protocol;
    this.mesh = mesh;
    this.plain = plain;
    this.probes = probes;
    this.callers = callers;
    this.refusals = refusals;
    this.permissive =
        new DetectingAcceptor(this::choosePermissive, detection.timeout(), ClientHello.MAX_BYTES);
    this.permissiveHttp =
        new DetectingAcceptor(this::choosePermissive, settings.patience(), ClientHello.MAX_BYTES);
    this.strict =
        new DetectingAcceptor(this::chooseStrict, settings.clientHello(), ClientHello.MAX_BYTES);
  }

  @Override
  public void accept(Connection connection, ConnectionInfo info) {
    var way =
        switch (policy.get().at(port.applyAsInt(info))) {
          case DISABLED -> plain;
          // Of HTTP it is known that the client has the first word.
          case PERMISSIVE -> protocol.apply(info).isHttp() ? permissiveHttp : permissive;
          case STRICT -> strict;
        };
    way.accept(connection, info);
  }

  private static boolean isNoTls(ByteBuffer start) {
    return start.hasRemaining() && start.get(start.position()) != HANDSHAKE;
  }

  // ---- whoever comes in the clear is let in, and counted
  // -------------------------------------------

  private @Nullable Acceptor choosePermissive(ConnectionInfo info, ByteBuffer start, boolean last) {
    if (isNoTls(start)) {
      return this::counted;
    }
    return switch (ClientHello.offer(start)) {
      case Offer.Protocols(var names) ->
          names.stream().anyMatch(Inside::isOurs) ? mesh : this::counted;
      case Offer.Malformed _ -> this::counted;
      case Offer.NeedMore _ -> last ? this::counted : null;
    };
  }

  private void counted(Connection connection, ConnectionInfo info) {
    callers.connected(info.peer(), port.applyAsInt(info));
    plain.accept(connection, info);
  }

  // ---- nobody does
  // --------------------------------------------------------------------------------

  private @Nullable Acceptor chooseStrict(ConnectionInfo info, ByteBuffer start, boolean last) {
    if (isNoTls(start)) {
      return policy.get().hasProbes(port.applyAsInt(info))
          ? chooseProbe(start, last)
          : this::refuse;
    }
    return switch (ClientHello.offer(start)) {
      case Offer.Protocols _ -> mesh;
      case Offer.Malformed _ -> this::refuse;
      case Offer.NeedMore _ -> last ? this::refuse : null;
    };
  }

  /** Others than probes are refused request by request. */
  private @Nullable Acceptor chooseProbe(ByteBuffer start, boolean last) {
    return switch (ProtocolDetector.detect(start)) {
      case Detection.Http1 _ -> probes;
      case Detection.Http2 _, Detection.Tls _, Detection.Opaque _ -> this::refuse;
      case Detection.NeedMore _ -> last ? this::refuse : null;
    };
  }

  private void refuse(Connection connection, ConnectionInfo info) {
    refusals.refused(
        info,
        Reason.PLAINTEXT_REFUSED,
        "port "
            + port.applyAsInt(info)
            + " is for callers that prove who they are, by "
            + Mtls.STRICT);
    connection.reset();
  }
}
