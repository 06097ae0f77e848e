package dev.ondine.xds.client;

import dev.ondine.xds.codec.Node;
import dev.ondine.xds.transport.ChannelSecurity;
import dev.ondine.xds.transport.ChannelSettings;
import dev.ondine.xds.transport.ServerAddress;
import java.time.Duration;
import java.util.List;

/**
 * How an xDS client finds and treats its server.
 *
 * @param servers tried in turn
 * @param node who we are
 * @param declineWildcard whether a type's first request subscribes to {@code *} and unsubscribes it
 *     at once, for servers that would otherwise send everything (Istiod)
 * @param silence a stream on which a question went unanswered, and nothing else came, for this long
 *     is closed and opened anew
 * @param firstBackoff the greatest pause after a first failure; doubled with each further one
 * @param maxBackoff the greatest pause
 */
public record AdsClientSettings(
    List<ServerAddress> servers,
    Node node,
    ChannelSecurity security,
    boolean declineWildcard,
    ChannelSettings channel,
    Duration silence,
    Duration firstBackoff,
    Duration maxBackoff) {

  public AdsClientSettings {
    servers = List.copyOf(servers);
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("there is no xDS server to connect to");
    }
  }

  /** The defaults: back within 5 s, whatever happened to control. */
  public static AdsClientSettings of(
      List<ServerAddress> servers, Node node, ChannelSecurity security) {
    return new AdsClientSettings(
        servers,
        node,
        security,
        false,
        ChannelSettings.DEFAULTS,
        Duration.ofSeconds(15),
        Duration.ofMillis(250),
        Duration.ofSeconds(5));
  }
}
