package dev.ondine.cli;

import dev.ondine.base.config.Durations;
import dev.ondine.proxy.AddressText;
import dev.ondine.proxy.ReadyCheck;
import dev.ondine.proxy.SidecarConfig;
import dev.ondine.proxy.TrafficSettings;
import dev.ondine.proxy.WorkloadPort;
import dev.ondine.proxy.detect.DetectionSettings;
import dev.ondine.proxy.discovery.DiscoverySettings;
import dev.ondine.proxy.endpoint.OutsideNames;
import dev.ondine.proxy.identity.IdentityConfig;
import dev.ondine.proxy.identity.IdentitySettings;
import dev.ondine.proxy.identity.KeyFile;
import dev.ondine.proxy.telemetry.AccessLog;
import dev.ondine.proxy.tls.KeyMaterial;
import dev.ondine.proxy.tls.PemFiles;
import dev.ondine.proxy.transport.Cidr;
import dev.ondine.xds.transport.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the flags of {@code ondine proxy}, each of which may also come as an environment variable.
 *
 * <p>By hand: a library for command lines would cost every sidecar memory and start-up time.
 */
final class ProxyFlags {
  /** Every flag with its help; a default in parentheses. */
  private static final Map<String, String> HELP = new LinkedHashMap<>();

  static {
    HELP.put("service", "NAME: the service that the workload is an instance of");
    HELP.put("namespace", "NAME: its namespace (default)");
    HELP.put("instance", "NAME: its own name, unique in the namespace (SERVICE-0)");
    HELP.put("port", "PORT[:TARGET][/PROTOCOL]: a port of the workload. Repeatable");
    HELP.put("address", "IP: where others reach the workload (found out)");
    HELP.put("zone", "NAME: where the workload runs");
    HELP.put("ready", "CHECK: when it is ready: tcp, http:/PATH or grpc (tcp)");
    HELP.put("control", "HOST:PORT[,HOST:PORT...]: the control plane (127.0.0.1:15010)");
    HELP.put("mode", "redirect or explicit: how its traffic gets here (explicit)");
    HELP.put("outbound", "IP:PORT for redirected outgoing connections (0.0.0.0:15001)");
    HELP.put("inbound", "IP:PORT for connections to the workload (0.0.0.0:15006)");
    HELP.put("explicit", "IP:PORT of the HTTP proxy for the workload (127.0.0.1:15002)");
    HELP.put("dns", "IP:PORT for redirected DNS queries (127.0.0.1:15053)");
    HELP.put("admin", "IP:PORT or unix:/PATH of the admin API (127.0.0.1:15000). Repeatable");
    HELP.put("mark", "NUMBER: SO_MARK of the sidecar's own connections (0: none)");
    HELP.put("run-dir", "FOLDER: where the file 'state' is written");
    HELP.put("resolv-conf", "FILE that names the outside resolvers (/etc/resolv.conf)");
    HELP.put("drain", "DURATION: how long a drain waits for what is under way (10s)");
    HELP.put("access-log", "all, errors or none: which requests are logged (errors)");
    HELP.put("outside", "passthrough or deny: calls of names outside the mesh (passthrough)");
    HELP.put("request-timeout", "DURATION: where a route says nothing (0s: none)");
    HELP.put("detect", "DURATION: a client silent for so long speaks no HTTP (500ms)");
    HELP.put(
        "proxy-protocol-from",
        "CIDR: proxies there begin with a PROXY v2 header (none). Repeatable");
    HELP.put("udp-counters", "FILE in which a supervisor counts the UDP that passes by");
    HELP.put("tls-cert", "FILE: certificate chain in PEM, for callers that speak TLS (none do)");
    HELP.put("tls-key", "FILE: its key in PEM, PKCS #8");
    HELP.put("identity", "on or off: the workload proves who it is, and others do to it (off)");
    HELP.put("service-account", "NAME: the last part of its identity (its service's name)");
    HELP.put("identity-socket", "SOCKET of a control on this host (root's, else its user's)");
    HELP.put("join-token-file", "FILE with a join token, for a control on another host");
    HELP.put("key-file", "FILE in memory (tmpfs) that a restart reads the key from (none)");
    HELP.put("key-store", "memory or disk: whether the key file may be on a disk (memory)");
    HELP.put("set", "PART.SETTING=VALUE, such as http.headTimeout=10s: a bound. Repeatable");
    HELP.put("discovery", "SETTING=VALUE, such as idle=5m: a bound of discovery. Repeatable");
  }

  private static final List<String> REPEATABLE =
      List.of("port", "admin", "proxy-protocol-from", "discovery", "set");

  private final Map<String, List<String>> values = new HashMap<>();
  private final Map<String, String> environment;

  private ProxyFlags(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Thrown for a wrong command line; the message says what is wrong and what is allowed. */
  static final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  /** The help text. */
  static String help() {
    return HELP.entrySet().stream()
        .map(flag -> "  --%-12s %s%n".formatted(flag.getKey(), flag.getValue()))
        .collect(
            Collectors.joining(
                "",
                "Usage: ondine proxy --service NAME [flags]%n%nRuns one sidecar. A flag --some-flag may also come as ONDINE_SOME_FLAG.%n%n"
                    .formatted(),
                ""));
  }

  /**
   * Reads the command line.
   *
   * @throws UsageException naming the flag, its value and what is allowed
   */
  static SidecarConfig parse(List<String> arguments, Map<String, String> environment) {
    var flags = new ProxyFlags(environment);
    for (var name : HELP.keySet()) {
      var text = environment.get("ONDINE_" + name.toUpperCase(Locale.ROOT).replace('-', '_'));
      if (text != null) {
        flags.values.put(
            name, REPEATABLE.contains(name) ? List.of(text.split(",", -1)) : List.of(text));
      }
    }
    flags.read(arguments);
    return flags.config();
  }

  private void read(List<String> arguments) {
    var given = new HashMap<String, List<String>>();
    for (var i = 0; i < arguments.size(); i++) {
      var argument = arguments.get(i);
      if (!argument.startsWith("--")) {
        throw new UsageException(
            "unexpected '" + argument + "': every argument is a flag or its value");
      }
      var equals = argument.indexOf('=');
      var name = equals < 0 ? argument.substring(2) : argument.substring(2, equals);
      if (!HELP.containsKey(name)) {
        throw new UsageException(
            "unknown flag --" + name + "; there are --" + String.join(", --", HELP.keySet()));
      }
      String value;
      if (equals >= 0) {
        value = argument.substring(equals + 1);
      } else if (++i < arguments.size()) {
        value = arguments.get(i);
      } else {
        throw new UsageException("--" + name + " lacks its value");
      }
      var all = given.computeIfAbsent(name, _ -> new ArrayList<>());
      all.add(value);
      if (all.size() > 1 && !REPEATABLE.contains(name)) {
        throw new UsageException("--" + name + " is given twice");
      }
    }
    values.putAll(given);
  }

  private SidecarConfig config() {
    var service = one("service", null, Function.identity());
    try {
      return new SidecarConfig(
          service,
          one("namespace", "default", Function.identity()),
          one("instance", service + "-0", Function.identity()),
          all("port", List.of(), WorkloadPort::parse),
          optional("address", InetAddress::ofLiteral),
          one("zone", "", Function.identity()),
          one("ready", "tcp", ReadyCheck::parse),
          one("control", "127.0.0.1:15010", ServerAddress::parseList),
          one("mode", "explicit", text -> word(SidecarConfig.Mode.class, text)),
          one("outbound", "0.0.0.0:15001", AddressText::parse),
          one("inbound", "0.0.0.0:15006", AddressText::parse),
          one("explicit", "127.0.0.1:15002", AddressText::parse),
          one("dns", "127.0.0.1:15053", AddressText::parse),
          all("admin", List.of("127.0.0.1:15000"), AddressText::parseAny),
          one("mark", "0", ProxyFlags::number),
          optional("run-dir", Path::of),
          one("resolv-conf", "/etc/resolv.conf", Path::of),
          one("drain", "10s", Durations::parse),
          one("access-log", "errors", text -> word(AccessLog.Extent.class, text)),
          one("outside", "passthrough", text -> word(OutsideNames.Policy.class, text)),
          one("request-timeout", "0s", Durations::parse),
          new DetectionSettings(
              one("detect", "500ms", Durations::parse), DetectionSettings.SERVER_FIRST_PORTS),
          all("proxy-protocol-from", List.of(), Cidr::parse),
          optional("udp-counters", Path::of),
          discovery(),
          tls(),
          identity(service),
          TrafficSettings.parse(values.getOrDefault("set", List.of())));
    } catch (UsageException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private Optional<KeyMaterial> tls() {
    var certificates = optional("tls-cert", Path::of);
    var key = optional("tls-key", Path::of);
    if (certificates.isEmpty() && key.isEmpty()) {
      return Optional.empty();
    }
    if (certificates.isEmpty() || key.isEmpty()) {
      throw new UsageException("--tls-cert and --tls-key go together: give both or neither");
    }
    try {
      var credentials = new PemFiles(certificates.get(), key.get()).read();
      return Optional.of(() -> credentials);
    } catch (IOException e) {
      throw new UsageException("--tls-cert and --tls-key: " + e.getMessage());
    }
  }

  private Optional<IdentityConfig> identity(String service) {
    if (one("identity", "off", text -> word(Switch.class, text)) == Switch.OFF) {
      return Optional.empty();
    }
    var disk = one("key-store", "memory", text -> word(KeyStore.class, text)) == KeyStore.DISK;
    return Optional.of(
        new IdentityConfig(
            one("service-account", service, Function.identity()),
            optional("identity-socket", Path::of)
                .map(List::of)
                .orElseGet(
                    () ->
                        List.of(
                            StorePlace.identitySocket(environment, 0),
                            StorePlace.identitySocket(environment, StorePlace.uid()))),
            optional("join-token-file", Path::of),
            optional("key-file", Path::of).map(file -> new KeyFile(file, disk)),
            IdentitySettings.DEFAULTS));
  }

  private enum Switch {
    ON,
    OFF
  }

  private enum KeyStore {
    MEMORY,
    DISK
  }

  private DiscoverySettings discovery() {
    var settings = new HashMap<String, String>();
    for (var text : values.getOrDefault("discovery", List.of())) {
      var equals = text.indexOf('=');
      if (equals < 1) {
        throw new UsageException("--discovery '" + text + "' is not SETTING=VALUE");
      }
      settings.put(text.substring(0, equals), text.substring(equals + 1));
    }
    return DiscoverySettings.parse(settings);
  }

  /** One of an enumeration's words, in lower case. */
  private static <E extends Enum<E>> E word(Class<E> kind, String text) {
    var all = List.of(kind.getEnumConstants());
    return all.stream()
        .filter(word -> word.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + text
                        + "' is not "
                        + all.stream()
                            .map(word -> word.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(" or "))));
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is no whole number", e);
    }
  }

  private <T> T one(String name, @Nullable String otherwise, Function<String, T> parse) {
    var given = values.get(name);
    var text = given == null ? otherwise : given.getFirst();
    if (text == null) {
      throw new UsageException("lacks --" + name + " " + HELP.get(name));
    }
    return parsed(name, text, parse);
  }

  private <T> Optional<T> optional(String name, Function<String, T> parse) {
    var given = values.get(name);
    return given == null ? Optional.empty() : Optional.of(parsed(name, given.getFirst(), parse));
  }

  private <T> List<T> all(String name, List<String> otherwise, Function<String, T> parse) {
    return values.getOrDefault(name, otherwise).stream()
        .map(text -> parsed(name, text, parse))
        .toList();
  }

  private static <T> T parsed(String name, String text, Function<String, T> parse) {
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + name + ": " + e.getMessage());
    }
  }
}
