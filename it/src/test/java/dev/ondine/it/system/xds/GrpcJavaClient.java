package dev.ondine.it.system.xds;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;

/** A channel of grpc-java that finds its endpoints by xDS (state-of-the-world). */
final class GrpcJavaClient {
  /**
   * What GRPC_XDS_BOOTSTRAP_CONFIG is outside of a JVM. Read once, when the first channel opens.
   */
  private static final String BOOTSTRAP = "io.grpc.xds.bootstrapConfig";

  private GrpcJavaClient() {}

  /**
   * Opens it.
   *
   * @param authority name and port of the service
   */
  static ManagedChannel open(int xds, String authority) {
    System.setProperty(
        BOOTSTRAP,
        """
        {
          "xds_servers": [{
            "server_uri": "127.0.0.1:%d",
            "channel_creds": [{"type": "insecure"}],
            "server_features": ["xds_v3"]
          }],
          "node": {"id": "grpc-java.default", "cluster": "grpc-java"}
        }
        """
            .formatted(xds));
    return Grpc.newChannelBuilder("xds:///" + authority, InsecureChannelCredentials.create())
        .build();
  }
}
