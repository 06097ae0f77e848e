package dev.ondine.cli.demo.world;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A service of the shop, as it would be without any mesh.
 *
 * @param what its program, for people
 * @param port that its callers name
 * @param listensOn what its program listens on where it may choose
 * @param protocol where it cannot be found out from the first bytes: {@code /tcp}
 * @param log its file that names the ids of the requests it saw
 * @param calls the services it calls for one request
 * @param sources what it needs of the distribution's {@code share/demo}
 * @param command its program and arguments; what it knows of the world is in them
 */
public record ShopService(
    String name,
    String what,
    int port,
    int listensOn,
    String protocol,
    String log,
    Set<String> calls,
    List<String> sources,
    Command command) {

  /** How its program is started. */
  @FunctionalInterface
  public interface Command {
    /** In its folder, listening on the port. */
    List<String> of(Path folder, int port);
  }

  /** Those that are called are above those that call. */
  public static final List<ShopService> ALL =
      List.of(
          new ShopService(
              "ledger",
              "Python, plain TCP",
              7000,
              7000,
              "/tcp",
              "out.log",
              Set.of(),
              List.of("ledger.py"),
              (_, _) -> List.of("python3", "ledger.py")),
          new ShopService(
              "stock",
              "python3 -m http.server",
              80,
              8080,
              "",
              "err.log",
              Set.of(),
              List.of(),
              (_, port) ->
                  List.of("python3", "-m", "http.server", "" + port, "--directory", "files")),
          new ShopService(
              "prices",
              "Node.js, gRPC",
              9000,
              9000,
              "",
              "out.log",
              Set.of(),
              List.of("prices.js"),
              (_, _) -> List.of("node", "prices.js")),
          new ShopService(
              "catalog",
              "nginx",
              80,
              8080,
              "",
              "access.log",
              Set.of(),
              List.of("catalog.conf"),
              (folder, _) ->
                  List.of(
                      "nginx",
                      "-p",
                      folder + "/",
                      "-c",
                      "catalog.conf",
                      "-e",
                      "stderr",
                      "-g",
                      "user root;")),
          new ShopService(
              "orders",
              "Python",
              80,
              8080,
              "",
              "out.log",
              Set.of("stock", "ledger"),
              List.of("orders.py"),
              (_, _) -> List.of("python3", "orders.py")),
          new ShopService(
              "web",
              "Node.js",
              80,
              8080,
              "",
              "out.log",
              Set.of("orders", "catalog", "prices"),
              List.of("web.js"),
              (_, _) -> List.of("node", "web.js")));

  private static final Map<String, ShopService> BY_NAME =
      ALL.stream().collect(Collectors.toMap(ShopService::name, Function.identity()));

  public ShopService {
    calls = Set.copyOf(calls);
    sources = List.copyOf(sources);
  }

  /** The service of this name. */
  public static ShopService named(String name) {
    var service = BY_NAME.get(name);
    if (service == null) {
      throw new IllegalArgumentException("the shop has no " + name);
    }
    return service;
  }

  /** As {@code ondine run --port} has it, for a program that listens there. */
  String portFlag(int listening) {
    return port + ":" + listening + protocol;
  }

  /** All services that a request to this one meets, itself first. */
  public Set<String> involved() {
    var involved = new TreeSet<>(Set.of(name));
    calls.forEach(called -> involved.addAll(named(called).involved()));
    return involved;
  }
}
