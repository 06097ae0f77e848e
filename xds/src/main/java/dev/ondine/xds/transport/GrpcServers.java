package dev.ondine.xds.transport;

import io.grpc.netty.NettyServerBuilder;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;

/** Sets up gRPC servers for long-lived streams of many clients. */
public final class GrpcServers {
  /** Our own sidecars ping every 10 s; others may be a little more eager. */
  private static final long PERMIT_PING_SECONDS = 5;

  private static final long PING_SECONDS = 30;
  private static final long PING_TIMEOUT_SECONDS = 10;

  /** A client that reconnects names all it has: a request may be as large as a response. */
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  private GrpcServers() {}

  /**
   * A server that finds dead clients by pings and lets clients find it dead in the same way. gRPC's
   * own default would close the connection of a client that pings as often as sidecars do.
   */
  public static NettyServerBuilder at(SocketAddress address) {
    return NettyServerBuilder.forAddress(address)
        .permitKeepAliveTime(PERMIT_PING_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(PING_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .maxInboundMessageSize(MAX_MESSAGE_BYTES);
  }
}
