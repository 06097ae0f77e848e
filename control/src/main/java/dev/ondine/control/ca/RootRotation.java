package dev.ondine.control.ca;

import dev.ondine.control.ca.Bundles.Phase;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Brings a new root in without a moment in which anybody is not believed: it is trusted beside the
 * old one first, then it issues, then the old one goes. Each step waits for those who would not
 * follow.
 */
public final class RootRotation {
  private static final int SHOWN = 20;

  /**
   * Where a rotation is.
   *
   * @param phase {@code stable}, {@code added} or {@code issuing}
   * @param roots that are trusted, by their fingerprints
   * @param waitingFor what would keep the next step from being taken
   */
  public record Status(String phase, long sequence, List<String> roots, List<String> waitingFor) {}

  private final Bundles bundles;
  private final Optional<LocalKeys> keys;
  private final CaFolder folder;
  private final CaSetup setup;
  private final IssuanceLog log;
  private final BundleGate gate;
  private final InstantSource clock;
  private final Audit audit;
  private final Runnable changed;

  /**
   * @param changed is run when another root issues
   */
  RootRotation(
      Bundles bundles,
      Optional<LocalKeys> keys,
      CaFolder folder,
      CaSetup setup,
      IssuanceLog log,
      BundleGate gate,
      InstantSource clock,
      Audit audit,
      Runnable changed) {
    this.bundles = bundles;
    this.keys = keys;
    this.folder = folder;
    this.setup = setup;
    this.log = log;
    this.gate = gate;
    this.clock = clock;
    this.audit = audit;
    this.changed = changed;
  }

  /** Where it is. */
  public Status status() {
    var state = bundles.state();
    return new Status(
        state.phase().name().toLowerCase(Locale.ROOT),
        state.bundle().sequence(),
        state.bundle().roots().stream().map(Certificates::fingerprint).toList(),
        waitingFor(state));
  }

  /** Makes a new root and trusts it beside the old one. */
  public synchronized Status start() {
    var state = bundles.state();
    if (state.phase() != Phase.STABLE) {
      throw new CaException(
          "a rotation is in the phase "
              + state.phase().name().toLowerCase(Locale.ROOT)
              + " already (allowed: `ondine ca rotate-root advance`)");
    }
    if (keys.isEmpty()) {
      throw new CaException("a signing command issues: its root is rotated where that is");
    }
    var next =
        setup.rootOrNew(folder, CaFolder.NEXT_ROOT, state.bundle().trustDomain()).certificate();
    var roots = new ArrayList<>(state.bundle().roots());
    if (!roots.contains(next)) {
      roots.add(next);
    }
    bundles.change(roots, Phase.ADDED);
    audit.rootRotation("added", false);
    return status();
  }

  /**
   * Takes the next step.
   *
   * @param force without waiting for those who are not ready
   */
  public synchronized Status advance(boolean force) {
    var state = bundles.state();
    var waiting = waitingFor(state);
    if (!waiting.isEmpty() && !force) {
      throw new CaException(
          "not yet, "
              + String.join("; ", waiting)
              + " (allowed: later, or --force, which breaks them)");
    }
    switch (state.phase()) {
      case STABLE ->
          throw new CaException(
              "no rotation is under way (allowed: `ondine ca rotate-root start`)");
      case ADDED -> {
        var next = nextRoot();
        keys.orElseThrow().issueFrom(next);
        bundles.change(state.bundle().roots(), Phase.ISSUING);
        changed.run();
      }
      case ISSUING -> {
        var next = nextRoot();
        bundles.change(List.of(next.certificate()), Phase.STABLE);
        folder.rename(CaFolder.NEXT_ROOT, CaFolder.ROOT);
      }
    }
    audit.rootRotation(bundles.state().phase().name().toLowerCase(Locale.ROOT), force);
    return status();
  }

  private Root nextRoot() {
    return setup
        .root(folder, CaFolder.NEXT_ROOT)
        .orElseThrow(
            () -> new CaException("there is no " + folder.path().resolve(CaFolder.NEXT_ROOT)));
  }

  private List<String> waitingFor(Bundles.State state) {
    if (state.phase() == Phase.STABLE) {
      return List.of();
    }
    var waiting = new ArrayList<String>();
    var behind = gate.notAcknowledged(state.bundle().sequence());
    if (!behind.isEmpty()) {
      waiting.add(
          behind.size()
              + " sidecars do not have bundle "
              + state.bundle().sequence()
              + ": "
              + String.join(", ", behind.stream().limit(SHOWN).toList())
              + (behind.size() > SHOWN ? ", …" : ""));
    }
    if (state.phase() == Phase.ISSUING) {
      ofOldRoots().ifPresent(waiting::add);
    }
    return waiting;
  }

  /** Certificates of the old root that somebody may still show. */
  private Optional<String> ofOldRoots() {
    var root = Certificates.hexOf(keys.orElseThrow().root().certificate());
    var now = clock.instant();
    var counted =
        new Object() {
          long count;
          Instant last = Instant.MIN;
        };
    log.verify(
        logged -> {
          var issuance = logged.issuance();
          if (!issuance.root().equals(root)
              && !issuance.attestor().equals(OwnIdentity.ATTESTOR)
              && issuance.notAfter().isAfter(now)) {
            counted.count++;
            if (issuance.notAfter().isAfter(counted.last)) {
              counted.last = issuance.notAfter();
            }
          }
        });
    return counted.count == 0
        ? Optional.empty()
        : Optional.of(
            counted.count
                + " certificates of the old root are valid, the last one until "
                + counted.last);
  }
}
