package dev.ondine.control.api;

import dev.ondine.control.census.Report;
import dev.ondine.proto.v1.WorkloadStatus;
import java.time.Duration;
import java.time.Instant;

/** Reads what sidecars say of their workloads' callers; ages become times of control's clock. */
final class CensusReports {
  private static final int MAX_TEXT = 512;
  private static final long MAX_AGE = Duration.ofDays(3_650).toMillis();

  private CensusReports() {}

  static Report read(WorkloadStatus.Census census, Instant now) {
    return new Report(
        text(census.getMtls()),
        then(census.getWatchedMs(), now),
        census.getPlaintextList().stream()
            .map(
                one ->
                    new Report.Plaintext(
                        text(one.getAddress()),
                        one.getPort(),
                        count(one.getConnections()),
                        count(one.getRequests()),
                        then(one.getAgeMs(), now)))
            .toList(),
        census.getProvenList().stream()
            .map(
                one ->
                    new Report.Proven(
                        text(one.getIdentity()),
                        count(one.getConnections()),
                        count(one.getRequests()),
                        then(one.getAgeMs(), now)))
            .toList());
  }

  /** It is kept, and shown: no sidecar may make it long. */
  private static String text(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
  }

  private static long count(long unsigned) {
    return unsigned < 0 ? Long.MAX_VALUE : unsigned;
  }

  private static Instant then(long age, Instant now) {
    return now.minusMillis(age < 0 ? MAX_AGE : Math.min(age, MAX_AGE));
  }
}
