package dev.ondine.proxy.tcp;

import dev.ondine.proxy.detect.ClientHello;
import dev.ondine.proxy.detect.ServerName;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.telemetry.TcpMetrics;
import dev.ondine.proxy.telemetry.TcpMetrics.Hello;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.DetectingAcceptor;
import dev.ondine.proxy.transport.FirstBytes;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where connections that begin like TLS come in: reads which server they ask for and relays them,
 * handshake and all. What cannot be read is relayed as any opaque bytes; the server will judge it.
 */
public final class OutboundTls implements Acceptor, FirstBytes {
  private static final Logger LOG = LoggerFactory.getLogger(OutboundTls.class);

  private final OutboundTcp relay;
  private final TcpMetrics metrics;
  private final Acceptor reading;

  /** Makes the one entrance that all loops share. */
  public OutboundTls(OutboundTcp relay, TcpMetrics metrics, TcpSettings settings) {
    this.relay = relay;
    this.metrics = metrics;
    this.reading = new DetectingAcceptor(this, settings.clientHello(), ClientHello.MAX_BYTES);
  }

  @Override
  public void accept(Connection connection, ConnectionInfo info) {
    reading.accept(connection, info);
  }

  @Override
  public @Nullable Acceptor choose(ConnectionInfo info, ByteBuffer start, boolean last) {
    return switch (ClientHello.read(start)) {
      case ServerName.Named(var host) -> tls(Hello.NAMED, Optional.of(host));
      case ServerName.Unnamed _ -> tls(Hello.UNNAMED, Optional.empty());
      case ServerName.Malformed(var why) -> opaque(Hello.MALFORMED, info, why);
      case ServerName.NeedMore _ -> last ? opaque(Hello.CUT_OFF, info, "cut off") : null;
    };
  }

  private Acceptor opaque(Hello hello, ConnectionInfo info, String why) {
    metrics.hello(hello);
    LOG.debug("{} relayed as opaque: its ClientHello is malformed: {}", info.peer(), why);
    return relay;
  }

  private Acceptor tls(Hello hello, Optional<String> serverName) {
    metrics.hello(hello);
    return (connection, info) -> relay.acceptTls(connection, info, serverName);
  }
}
