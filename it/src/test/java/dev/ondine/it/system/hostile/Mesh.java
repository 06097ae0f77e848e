package dev.ondine.it.system.hostile;

import dev.ondine.testkit.http1.Recorder;
import dev.ondine.testkit.http2.RawHttp2;
import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/**
 * The sidecars that the cases go through.
 *
 * @param outbound the port at which a workload calls the service
 * @param inbound the port of a sidecar before the origin
 * @param host the authority of the service
 * @param origin the workload behind both
 * @param tls how HTTP/2 is spoken to {@code inbound}, where strangers come from
 * @param patience far more than anything takes: only what fails waits so long
 */
public record Mesh<O extends Recorder>(
    int outbound, int inbound, String host, O origin, SSLContext tls, Duration patience) {
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** The service whose workload speaks HTTP/1. */
  public static final String SERVICE = "hostile";

  /** Its authority, that of all requests of the files. */
  public static final String HOST = SERVICE + ".default.mesh";

  /** The service whose workload speaks HTTP/2. */
  public static final String HTTP2_SERVICE = "hostile2";

  /** Its authority. */
  public static final String HTTP2_HOST = HTTP2_SERVICE + ".default.mesh";

  /** Sidecars that have time to answer. */
  public Mesh(int outbound, int inbound, String host, O origin, SSLContext tls) {
    this(outbound, inbound, host, origin, tls, PATIENCE);
  }

  int patienceMillis() {
    return (int) patience.toMillis();
  }

  /** A client of HTTP/2. */
  RawHttp2 http2(Direction direction) throws IOException {
    var client =
        switch (direction) {
          case OUTBOUND -> RawHttp2.connect(outbound);
          case INBOUND -> RawHttp2.connectTls(inbound, tls);
        };
    return client.timeout(patienceMillis());
  }

  int port(Direction direction) {
    return switch (direction) {
      case OUTBOUND -> outbound;
      case INBOUND -> inbound;
    };
  }
}
