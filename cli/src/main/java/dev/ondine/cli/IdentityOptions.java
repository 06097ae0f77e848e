package dev.ondine.cli;

import dev.ondine.control.IdentitySettings;
import dev.ondine.control.ca.CaConfig;
import dev.ondine.control.ca.CaException;
import dev.ondine.control.ca.CaSettings;
import dev.ondine.control.ca.LocalIdentity;
import dev.ondine.model.InvalidResourceException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of {@code ondine control} that concern identities. */
final class IdentityOptions {
  /** Whether there are identities. */
  enum Mode {
    ON,
    OFF
  }

  /** The user of sidecars that {@code ondine run} starts as root. */
  private static final int SIDECAR_UID = 15001;

  @Option(
      names = "--identity",
      paramLabel = "on|off",
      defaultValue = "off",
      description =
          "on: sidecars prove who they are, and talk to control over TLS; off: all is in the clear"
              + " (default: off).")
  private Mode mode = Mode.OFF;

  @Option(
      names = "--trust-domain",
      paramLabel = "NAME",
      defaultValue = "mesh.local",
      description = "The name that all identities begin with (default: mesh.local).")
  private String trustDomain = "";

  @Option(
      names = "--ca-dir",
      paramLabel = "FOLDER",
      description = "The authority's keys; made when empty (default: ca beside the store).")
  private Optional<Path> folder = Optional.empty();

  @Option(
      names = "--ca-sign-command",
      paramLabel = "PROGRAM",
      description =
          "Signs instead of control: gets the SPIFFE ID as argument and a PKCS #10 request as PEM"
              + " on standard input, prints the chain as PEM.")
  private Optional<Path> command = Optional.empty();

  @Option(
      names = "--leaf-lifetime",
      paramLabel = "DURATION",
      converter = DurationArgument.class,
      description = "How long a workload's certificate is valid (default: 24h).")
  private Optional<Duration> leaf = Optional.empty();

  @Option(
      names = "--identity-socket",
      paramLabel = "PATH",
      description =
          "The Unix socket for workloads of this host (default: /run/ondine/identity.sock as root,"
              + " $XDG_RUNTIME_DIR/ondine/identity.sock or /tmp/ondine-UID/identity.sock).")
  private Optional<Path> socket = Optional.empty();

  @Option(
      names = "--local-identity",
      paramLabel = "UID=NAMESPACE/SERVICE-ACCOUNT",
      converter = LocalIdentityArgument.class,
      description =
          "Who a user of this host may be, * for any; repeatable. Root, control's own user and the"
              + " sidecars' (15001) may be anybody.")
  private List<LocalIdentity> local = new ArrayList<>();

  @Option(
      names = "--xds-plaintext",
      paramLabel = "ADDRESS:PORT",
      split = ",",
      converter = ListenAddress.class,
      description = "Where clients without an identity take xDS in the clear; repeatable.")
  private List<InetSocketAddress> plaintext = new ArrayList<>();

  /** What control is started with; empty where there are no identities. */
  Optional<IdentitySettings> settings(Path store) {
    if (mode == Mode.OFF) {
      refuseWithoutIdentity();
      return Optional.empty();
    }
    var uid = StorePlace.uid();
    var rules =
        Stream.concat(
                local.stream(),
                Stream.of(0, uid, SIDECAR_UID).distinct().map(LocalIdentity::anybody))
            .toList();
    try {
      var settings = leaf.map(CaSettings.DEFAULTS::withLeaf).orElse(CaSettings.DEFAULTS);
      return Optional.of(
          new IdentitySettings(
              new CaConfig(
                  trustDomain,
                  folder.orElseGet(() -> StorePlace.authority(store)),
                  command,
                  rules,
                  settings),
              socket.orElseGet(() -> StorePlace.identitySocket(System.getenv(), uid)),
              plaintext));
    } catch (InvalidResourceException | CaException e) {
      throw new CliException(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
  }

  /** Who asks for what identity off cannot give should hear so. */
  private void refuseWithoutIdentity() {
    var given =
        command.isPresent()
            ? "--ca-sign-command"
            : !plaintext.isEmpty() ? "--xds-plaintext" : !local.isEmpty() ? "--local-identity" : "";
    if (!given.isEmpty()) {
      throw new CliException(ExitCode.USAGE, given + " means nothing without --identity on");
    }
  }

  /** Reads a rule. */
  static final class LocalIdentityArgument implements ITypeConverter<LocalIdentity> {
    @Override
    public LocalIdentity convert(String text) {
      try {
        return LocalIdentity.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
