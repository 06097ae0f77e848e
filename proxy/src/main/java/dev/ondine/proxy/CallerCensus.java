package dev.ondine.proxy;

import dev.ondine.model.InboundSecurity;
import dev.ondine.proxy.grpcclient.Census;
import dev.ondine.proxy.tls.PlaintextCallers;
import dev.ondine.proxy.tls.ProvenCallers;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** Who calls the workload, and since when that has been looked at under one policy. */
final class CallerCensus {
  private final InstantSource clock;
  private final PlaintextCallers plaintext;
  private final ProvenCallers proven;
  // Written by the thread that talks to control.
  private volatile Instant since;

  CallerCensus(InstantSource clock) {
    this.clock = clock;
    this.plaintext = new PlaintextCallers(clock);
    this.proven = new ProvenCallers(clock);
    this.since = clock.instant();
  }

  PlaintextCallers plaintext() {
    return plaintext;
  }

  ProvenCallers proven() {
    return proven;
  }

  /** What is demanded is another: who was not seen before may only have been kept out. */
  void demandChanged() {
    since = clock.instant();
  }

  /** For control. */
  Census taken(InboundSecurity demanded) {
    return new Census(
        demanded.mtls().name().toLowerCase(Locale.ROOT),
        since,
        clock.instant(),
        plaintext.all().stream()
            .map(
                one ->
                    new Census.Plaintext(
                        one.address(),
                        one.port(),
                        one.connections(),
                        one.requests(),
                        one.lastSeen()))
            .toList(),
        proven.all().stream()
            .map(
                one ->
                    new Census.Proven(
                        one.identity(), one.connections(), one.requests(), one.lastSeen()))
            .toList());
  }
}
