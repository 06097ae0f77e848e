package dev.ondine.it.fuzz;

import dev.ondine.proxy.discovery.dns.DnsQueryTarget;
import java.util.List;

/** The one list of fuzz targets. */
final class FuzzTargets {
  private FuzzTargets() {}

  static List<FuzzTarget> all() {
    return List.of(
        new DetectTarget(),
        new ClientHelloTarget(),
        new ProxyHeaderTarget(),
        new Http1RequestTarget(),
        new Http1ResponseTarget(),
        new Http2RequestTarget(),
        new Http2ResponseTarget(),
        new NameTarget(),
        new PemTarget(),
        new DnsQueryTarget(),
        new XdsResponseTarget(),
        new XdsResourceTarget(),
        new DocumentTarget());
  }
}
