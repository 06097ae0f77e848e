package dev.ondine.proxy.grpcclient;

import dev.ondine.xds.transport.ChannelSecurity;
import dev.ondine.xds.transport.ChannelSettings;
import dev.ondine.xds.transport.GrpcChannels;
import dev.ondine.xds.transport.ServerAddress;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One channel to each of control's addresses, opened when it is first needed. Confined. */
public final class ControlChannels implements AutoCloseable {
  private final GrpcChannels channels;
  private final ChannelSecurity security;
  private final List<ServerAddress> servers;
  private final Map<ServerAddress, ManagedChannel> open = new HashMap<>();

  /** Channels to these addresses, at least one. */
  public ControlChannels(
      GrpcChannels channels, ChannelSecurity security, List<ServerAddress> servers) {
    this.channels = channels;
    this.security = security;
    this.servers = List.copyOf(servers);
  }

  /** The channel to the address of that number, counted up without end. */
  Channel get(int number) {
    var channel =
        open.computeIfAbsent(
            servers.get(Math.floorMod(number, servers.size())),
            server -> channels.open(server, security, ChannelSettings.DEFAULTS));
    channel.resetConnectBackoff(); // the caller has a back-off of its own, and means now
    return channel;
  }

  /**
   * Connects to that address anew for the next call. A connection keeps the certificate with which
   * it began: once that has expired, control answers no call of it.
   */
  void renew(int number) {
    var channel = open.remove(servers.get(Math.floorMod(number, servers.size())));
    if (channel != null) {
      channel.shutdownNow();
    }
  }

  @Override
  public void close() {
    open.values().forEach(ManagedChannel::shutdownNow);
    open.clear();
  }
}
