package dev.ondine.control.api;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.control.api.http.ApiRoute;
import dev.ondine.control.ca.IdentityAuthority;
import dev.ondine.control.census.MtlsState;
import dev.ondine.control.policy.DocumentReader;
import dev.ondine.control.registry.Registry;
import dev.ondine.xds.server.AdsServer;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The admin API: every path that control answers, in one list. */
public final class AdminApi {
  private AdminApi() {}

  /** The routes. */
  public static List<ApiRoute> routes(
      Registry registry,
      DocumentReader reader,
      AdsServer ads,
      Metrics metrics,
      ControlStatus status,
      MtlsState mtls,
      InstantSource clock,
      Optional<IdentityAuthority> authority) {
    return Stream.of(
            new DocumentsApi(registry, reader, mtls).routes(),
            new ServicesApi(registry).routes(),
            new WorkloadsApi(registry).routes(),
            new SidecarsApi(ads).routes(),
            new IdentityApi(authority).routes(),
            new MtlsApi(mtls, new MtlsChange(registry, reader, mtls), clock).routes(),
            new StatusApi(registry, ads, metrics, mtls, status).routes())
        .flatMap(List::stream)
        .toList();
  }
}
