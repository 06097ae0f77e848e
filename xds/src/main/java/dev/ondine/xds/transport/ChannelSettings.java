package dev.ondine.xds.transport;

import java.time.Duration;

/**
 * How a channel treats its connection.
 *
 * @param keepaliveTime after this much silence, with a call open, the server is pinged
 * @param keepaliveTimeout a server that does not answer the ping in this time is gone
 * @param connectTimeout for the TCP connection
 * @param maxMessageBytes of one received message
 */
public record ChannelSettings(
    Duration keepaliveTime,
    Duration keepaliveTimeout,
    Duration connectTimeout,
    int maxMessageBytes) {

  /** A server that vanished without a word is noticed within 15 s. */
  public static final ChannelSettings DEFAULTS =
      new ChannelSettings(
          Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(5), 16 << 20);

  /** The same with another time between pings. */
  public ChannelSettings withKeepaliveTime(Duration keepaliveTime) {
    return new ChannelSettings(keepaliveTime, keepaliveTimeout, connectTimeout, maxMessageBytes);
  }
}
