package dev.ondine.proxy.telemetry;

import dev.ondine.base.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The UDP other than DNS that passed by the sidecar untouched, as its supervisor counts it: {@code
 * ondine_udp_passed_packets_total} and {@code ondine_udp_passed_bytes_total}.
 *
 * <p>Only the kernel sees it, and only the supervisor may ask the kernel. Its file has a line for
 * each counter: {@code udp_sent PACKETS BYTES}, {@code udp_received PACKETS BYTES}.
 */
public final class UdpPassed {
  private static final Logger LOG = LoggerFactory.getLogger(UdpPassed.class);
  private static final int MAX_BYTES = 4_096;
  private static final String PREFIX = "udp_";

  private final Path file;
  private final Metrics.Counter packets;
  private final Metrics.Counter bytes;

  /** What was counted before, by counter. Guarded by this. */
  private final Map<String, Count> last = new HashMap<>();

  private record Count(long packets, long bytes) {}

  /** Registers the counters. */
  public UdpPassed(Path file, Metrics metrics) {
    this.file = file;
    packets =
        metrics.counter(
            "ondine_udp_passed_packets_total",
            "UDP packets, DNS apart, that the workload exchanged past the sidecar.",
            "direction");
    bytes =
        metrics.counter(
            "ondine_udp_passed_bytes_total", "Their bytes, with the heads of IP.", "direction");
  }

  /** Reads what was counted since. Blocks. */
  public synchronized void read() {
    try (var in = Files.newInputStream(file)) {
      var text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.US_ASCII);
      text.lines().forEach(this::read);
    } catch (NoSuchFileException _) {
      // the supervisor has not counted yet, or has ended
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("{}: cannot be read: {}", file, e.toString());
    }
  }

  private void read(String line) {
    var words = line.split(" ", -1);
    if (words.length != 3 || !(words[0].equals("udp_sent") || words[0].equals("udp_received"))) {
      throw new IllegalArgumentException("'" + line + "' is no count of udp_sent or udp_received");
    }
    var now = new Count(Long.parseLong(words[1]), Long.parseLong(words[2]));
    var before = last.getOrDefault(words[0], new Count(0, 0));
    last.put(words[0], now);
    var direction = words[0].substring(PREFIX.length());
    // Less than before: the rules are new, and have counted from the start.
    var isNew = now.packets() < before.packets();
    packets.with(direction).add(isNew ? now.packets() : now.packets() - before.packets());
    bytes.with(direction).add(isNew ? now.bytes() : Math.max(0, now.bytes() - before.bytes()));
  }
}
