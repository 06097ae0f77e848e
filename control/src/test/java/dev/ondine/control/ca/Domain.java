package dev.ondine.control.ca;

import dev.ondine.base.metrics.PrometheusMetrics;
import dev.ondine.control.ca.IdentityAuthority.Surroundings;
import dev.ondine.control.store.SqliteStore;
import dev.ondine.control.store.Store;
import dev.ondine.testkit.ManualClock;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/** An authority in a test: its clock, its store, its figures. */
final class Domain implements AutoCloseable {
  static final String NAME = "mesh.local";

  final ManualClock clock = new ManualClock();
  final PrometheusMetrics metrics = new PrometheusMetrics();
  final Path folder;
  final Store store;
  List<String> notAcknowledged = List.of();

  Domain(Path temporary) {
    folder = temporary.resolve("ca");
    store =
        SqliteStore.open(
            temporary.resolve("control.db"), SqliteStore.Limits.DEFAULT, clock, metrics);
  }

  IdentityAuthority open() {
    return open(folder, Optional.empty(), CaSettings.DEFAULTS);
  }

  IdentityAuthority open(Path keys, Optional<Path> command, CaSettings settings) {
    return IdentityAuthority.open(
        new CaConfig(NAME, keys, command, List.of(LocalIdentity.parse("1000=shop/*")), settings),
        store,
        clock,
        new Surroundings(
            clock.clock(),
            new SecureRandom(),
            metrics,
            _ -> notAcknowledged,
            KubernetesTokenReview.none()));
  }

  /** Asks with a join token. */
  static Ask token(String namespace, String account, String text) {
    return new Ask(
        namespace,
        account,
        new Ask.Proof.JoinToken(text),
        new Ask.Caller(Optional.empty(), Optional.empty(), "10.0.0.1:1"));
  }

  /** Asks over the Unix socket. */
  static Ask local(int uid, String namespace, String account) {
    return new Ask(
        namespace,
        account,
        new Ask.Proof.Connection(),
        new Ask.Caller(Optional.empty(), Optional.of(uid), "unix"));
  }

  @Override
  public void close() {
    store.close();
  }
}
