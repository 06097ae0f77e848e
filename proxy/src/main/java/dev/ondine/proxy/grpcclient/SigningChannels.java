package dev.ondine.proxy.grpcclient;

import dev.ondine.xds.transport.ChannelSecurity;
import dev.ondine.xds.transport.ChannelSettings;
import dev.ondine.xds.transport.GrpcChannels;
import dev.ondine.xds.transport.ServerAddress;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Opens channels to control's signing service. Confined. */
public final class SigningChannels {
  private final GrpcChannels channels;
  private final List<ServerAddress> servers;
  private int next;

  /**
   * @param servers control's addresses, taken in turn
   */
  public SigningChannels(GrpcChannels channels, List<ServerAddress> servers) {
    this.channels = channels;
    this.servers = List.copyOf(servers);
  }

  /** Through control's Unix socket on this host. */
  public SigningChannel local(Path socket) {
    return new SigningChannel(channels.unix(socket, ChannelSettings.DEFAULTS));
  }

  /** By TLS, to whom this trust takes for control. */
  public SigningChannel secured(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
    var server = servers.get(Math.floorMod(next++, servers.size()));
    return new SigningChannel(
        channels.open(server, new ChannelSecurity.Tls(keys, trust), ChannelSettings.DEFAULTS));
  }
}
