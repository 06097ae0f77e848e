package dev.ondine.proxy.telemetry;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** One access log entry as one line of JSON (RFC 8259); empty fields are left out. */
final class JsonLine {
  private static final char[] HEX = "0123456789abcdef".toCharArray();
  private static final double NANOS_PER_MILLI = 1e6;

  private final StringBuilder out = new StringBuilder(512);

  String of(AccessLogEntry entry) {
    out.setLength(0);
    out.append('{');
    text("time", millis(entry.ended()));
    text("direction", entry.direction());
    text("method", entry.method());
    text("authority", entry.authority());
    text("path", entry.path());
    text("destination", entry.destination());
    text("protocol", entry.protocol());
    if (entry.status() != AccessLogEntry.NO_STATUS) {
      number("status", entry.status());
    }
    text("reason", entry.reason());
    text("detail", entry.detail());
    text("request_id", entry.requestId());
    text("service", entry.service());
    text("route", entry.route());
    text("cluster", entry.cluster());
    text("upstream", entry.upstream());
    text("workload", entry.workload());
    text("peer", entry.peer());
    text("peer_identity", entry.peerIdentity());
    number("tries", entry.tries());
    number("bytes_received", entry.bytesReceived());
    number("bytes_sent", entry.bytesSent());
    duration("duration_ms", entry.durationNanos());
    duration("discovery_wait_ms", entry.discoveryWaitNanos());
    return out.append("}\n").toString();
  }

  private static String millis(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private void text(String name, String value) {
    if (!value.isEmpty()) {
      name(name);
      out.append('"');
      for (var i = 0; i < value.length(); i++) {
        escaped(value.charAt(i));
      }
      out.append('"');
    }
  }

  private void number(String name, long value) {
    name(name);
    out.append(value);
  }

  private void duration(String name, long nanos) {
    name(name);
    out.append(Math.round(nanos / NANOS_PER_MILLI * 1_000) / 1_000.0);
  }

  private void name(String name) {
    if (out.length() > 1) {
      out.append(',');
    }
    out.append('"').append(name).append("\":");
  }

  private void escaped(char c) {
    if (c == '"' || c == '\\') {
      out.append('\\').append(c);
    } else if (c < 0x20 || c == 0x7f || Character.isSurrogate(c)) {
      // A lone surrogate would not survive UTF-8; escaping both halves is always right.
      out.append("\\u")
          .append(HEX[c >> 12])
          .append(HEX[(c >> 8) & 0xf])
          .append(HEX[(c >> 4) & 0xf])
          .append(HEX[c & 0xf]);
    } else {
      out.append(c);
    }
  }
}
