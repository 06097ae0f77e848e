package dev.ondine.it.system.wrap;

import static dev.ondine.it.system.wrap.Sighting.in;
import static dev.ondine.it.system.wrap.Sighting.out;

import dev.ondine.it.system.wrap.Case.Answered;
import dev.ondine.it.system.wrap.Case.Captured;
import dev.ondine.it.system.wrap.Case.Refused;
import dev.ondine.it.system.wrap.Case.Untouched;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Who calls whom while everything runs. */
final class TrafficCases {
  private final World world;
  private final Wrapped shop;
  private final Wrapped stock;

  TrafficCases(World world) {
    this.world = world;
    this.shop = world.shop();
    this.stock = world.stock();
  }

  List<Case> all() throws IOException {
    var all = new ArrayList<Case>();
    all.addAll(callers());
    all.addAll(calls());
    all.addAll(excluded());
    all.addAll(names());
    all.addAll(udp());
    all.addAll(loops());
    return all;
  }

  private List<Case> callers() {
    return List.of(
        neighbour("caller-loopback", "127.0.0.1"),
        neighbour("caller-loopback-ipv6", "[::1]"),
        neighbour("caller-local", SharedHost.IPV4),
        neighbour("caller-local-ipv6", ipv6(SharedHost.IPV6)),
        stranger("caller-remote", SharedHost.IPV4),
        stranger("caller-remote-ipv6", ipv6(SharedHost.IPV6)),
        new Case(
            "neighbour-calls-out",
            "process that is not wrapped -> server outside",
            new Untouched(world.outside()),
            path -> world.neighbour(world.outsideUrl(SharedHost.FAR_IPV4, path))));
  }

  private Case neighbour(String name, String address) {
    return new Case(
        name,
        "process that is not wrapped -> shop at " + address,
        Captured.by(shop.app(), in(shop)),
        path -> world.neighbour(shop.url(address, path)));
  }

  private Case stranger(String name, String address) {
    return new Case(
        name,
        "process on another host -> shop at " + address,
        Captured.by(shop.app(), in(shop)),
        path -> world.stranger(shop.url(address, path)));
  }

  private List<Case> calls() {
    return List.of(
        fetch("calls-by-name", shop, "stock", stock, out(shop), in(stock)),
        fetch("calls-back-by-name", stock, "shop", shop, out(stock), in(shop)),
        fetch("calls-local-port", shop, SharedHost.IPV4, stock, out(shop), in(stock)),
        fetch("calls-local-port-ipv6", shop, ipv6(SharedHost.IPV6), stock, out(shop), in(stock)),
        fetch("calls-loopback-port", shop, "127.0.0.1", stock, in(stock)),
        fetch("calls-itself-by-name", shop, "shop", shop, out(shop), in(shop)),
        fetch("calls-itself", shop, SharedHost.IPV4, shop, in(shop)),
        fetch("calls-itself-loopback", shop, "127.0.0.1", shop, in(shop)),
        fetch("calls-itself-ipv6", shop, "[::1]", shop, in(shop)),
        outside("calls-outside", "fetch", SharedHost.FAR_IPV4),
        outside("calls-outside-ipv6", "fetch", ipv6(SharedHost.FAR_IPV6)),
        outside("daemon-calls-outside", "child", SharedHost.FAR_IPV4));
  }

  private List<Case> excluded() {
    return List.of(
        new Case(
            "calls-excluded",
            "stock -> server outside at its --exclude-cidr",
            new Untouched(world.outside()),
            path -> stock.app().tell("fetch " + world.outsideUrl(ipv6(SharedHost.FAR_IPV6), path))),
        new Case(
            "calls-not-excluded",
            "stock -> server outside at another address",
            Captured.by(world.outside(), out(stock)),
            path -> stock.app().tell("fetch " + world.outsideUrl(SharedHost.FAR_IPV4, path))));
  }

  private Case fetch(String name, Wrapped from, String host, Wrapped to, Sighting... expected) {
    return new Case(
        name,
        from.name() + " -> " + host + ":" + to.app().port(),
        Captured.by(to.app(), expected),
        path -> from.app().tell("fetch " + to.url(host, path)));
  }

  private Case outside(String name, String order, String address) {
    var who = order.equals("child") ? "daemon that shop has forked" : "shop";
    return new Case(
        name,
        who + " -> server outside at " + address,
        Captured.by(world.outside(), out(shop)),
        path -> shop.app().tell(order + " " + world.outsideUrl(address, path)));
  }

  private List<Case> names() {
    return List.of(
        dns("dns-udp", "udp", SharedHost.FAR_IPV4),
        dns("dns-tcp", "tcp", SharedHost.FAR_IPV4),
        dns("dns-udp-ipv6", "udp", SharedHost.FAR_IPV6));
  }

  private Case dns(String name, String transport, String server) {
    return new Case(
        name,
        "shop asks for stock by " + transport + ", at " + server + " (nobody there)",
        new Answered("240.240."),
        _ -> shop.app().tell("dns " + transport + " " + server + " stock.default.mesh"));
  }

  private List<Case> udp() {
    return List.of(
        new Case(
            "udp-out",
            "shop -> server outside by UDP, three packets",
            new Untouched(world.outside()),
            path -> shop.app().tell(packets(SharedHost.FAR_IPV4, world.outside(), path, 3))),
        new Case(
            "udp-in-ipv6",
            "server outside -> shop by UDP, two packets",
            new Untouched(shop.app()),
            path -> world.outside().tell(packets(SharedHost.IPV6, shop.app(), path, 2))),
        new Case(
            "udp-of-stock",
            "stock -> server outside by UDP, four packets",
            new Untouched(world.outside()),
            path -> stock.app().tell(packets(SharedHost.FAR_IPV6, world.outside(), path, 4))),
        new Case(
            "udp-counted",
            "what shop's sidecar says of shop's UDP, without DNS",
            new Answered("sent 5, received 5"),
            _ -> UdpCount.await(() -> world.neighbour(shop.metricsUrl()), 5)));
  }

  private static String packets(String address, App to, String path, int count) {
    return "udp " + address + " " + to.port() + " " + path + " " + count;
  }

  private List<Case> loops() throws IOException {
    return List.of(
        sidecarPort("own-port-from-host", "process that is not wrapped", "outbound", shop),
        sidecarPort("own-port-from-afar", "process on another host", "inbound", shop),
        sidecarPort("own-port-from-itself", "shop", "inbound", shop),
        sidecarPort("own-port-from-other", "shop", "inbound", stock));
  }

  /** Directly to a port of a sidecar: nothing was redirected there, and it leads nowhere. */
  private Case sidecarPort(String name, String who, String which, Wrapped of) throws IOException {
    var port = of.basePort() + (which.equals("inbound") ? 6 : 1);
    return new Case(
        name,
        who + " -> " + which + " port of " + of.name() + "'s sidecar",
        new Refused(),
        path -> {
          var url = "http://" + SharedHost.IPV4 + ":" + port + path;
          return switch (name) {
            case "own-port-from-host" -> world.neighbour(url);
            case "own-port-from-afar" -> world.stranger(url);
            default -> shop.app().tell("fetch " + url);
          };
        });
  }

  private static String ipv6(String address) {
    return "[" + address + "]";
  }
}
