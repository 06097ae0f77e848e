package dev.ondine.it.system.wrap;

import dev.ondine.it.system.wrap.Case.Captured;
import dev.ondine.it.system.wrap.Case.Refused;
import dev.ondine.it.system.wrap.Case.Untouched;
import java.io.IOException;

/** What the rules cannot redirect: somebody else's came first, or have taken it elsewhere. */
final class GuardCases {
  private static final int PUBLISHED = 8_999;
  private static final String OTHERS = "others";

  private final World world;
  private final Wrapped shop;
  private final Table table;

  GuardCases(World world, Table table) {
    this.world = world;
    this.shop = world.shop();
    this.table = table;
  }

  void run() throws IOException, InterruptedException {
    othersTranslateAddresses();
    othersTranslateToTheSame();
    othersTranslateCalls();
    nothingIsTracked();
    linkLocalPeer();
  }

  /** As a container engine does for a port that it publishes: behind the workload's rules. */
  private void othersTranslateAddresses() throws IOException, InterruptedException {
    var redirect = "tcp dport %d redirect to :%d".formatted(PUBLISHED, shop.app().port());
    var local = "http://" + SharedHost.IPV4 + ":" + PUBLISHED;
    withOthers(
        "nat",
        -100,
        redirect,
        redirect,
        () -> {
          refused(
              "others-nat-caller",
              "caller -> shop, by NAT of others",
              p -> world.neighbour(local + p));
          refused(
              "others-nat-remote",
              "other host -> shop, by NAT of others",
              p -> world.stranger(local + p));
        });
  }

  /** Before the workload's rules: the kernel then asks no other chain, and notes no translation. */
  private void othersTranslateToTheSame() throws IOException, InterruptedException {
    var here = "ip daddr %s tcp dport %d dnat ip to %s";
    var inbound = here.formatted(SharedHost.IPV4, shop.app().port(), SharedHost.IPV4);
    var outbound = here.formatted(SharedHost.FAR_IPV4, world.outside().port(), SharedHost.FAR_IPV4);
    withOthers(
        "nat",
        -150,
        inbound + "; " + outbound,
        inbound,
        () -> {
          refused("others-first-caller", "caller -> shop, NAT of others to the same", this::callIn);
          refused(
              "others-first-remote",
              "other host -> shop, NAT of others to the same",
              this::callInFromAfar);
          refused("others-first-itself", "shop -> itself, the same", this::callItself);
          refused("others-first-out", "shop -> server outside, the same", this::callOut);
        });
  }

  /** What shop asks for at one port, is led to another. */
  private void othersTranslateCalls() throws IOException, InterruptedException {
    withOthers(
        "nat",
        -120,
        "tcp dport %d dnat ip to %s:%d"
            .formatted(PUBLISHED, SharedHost.FAR_IPV4, world.outside().port()),
        "accept",
        () ->
            refused(
                "others-nat-out",
                "shop -> server outside, by NAT of others before ours",
                p -> shop.app().tell("fetch http://" + SharedHost.FAR_IPV4 + ":" + PUBLISHED + p)));
  }

  /** What is not tracked meets no NAT chain. */
  private void nothingIsTracked() throws IOException, InterruptedException {
    withOthers(
        "filter",
        -300,
        "tcp dport { %d, %d } notrack".formatted(shop.app().port(), world.outside().port()),
        "tcp dport " + shop.app().port() + " notrack",
        () -> {
          refused("untracked-caller", "process that is not wrapped -> shop", this::callIn);
          refused("untracked-remote", "process on another host -> shop", this::callInFromAfar);
          refused("untracked-itself", "shop -> itself", this::callItself);
          refused("untracked-out", "shop -> server outside", this::callOut);
        });
    withOthers(
        "filter",
        -300,
        "tcp dport %d notrack".formatted(world.outside().port()),
        "tcp sport %d notrack".formatted(world.outside().port()),
        () ->
            table.run(
                new Case(
                    "untracked-excluded",
                    "stock -> server outside at its --exclude-cidr",
                    new Untouched(world.outside()),
                    p ->
                        world
                            .stock()
                            .app()
                            .tell(
                                "fetch " + world.outsideUrl("[" + SharedHost.FAR_IPV6 + "]", p)))));
    table.run(
        new Case(
            "tracked-again",
            "shop -> server outside",
            Captured.by(world.outside(), Sighting.out(shop)),
            this::callOut));
  }

  /** No redirect knows its interface, and by itself it would be reached. */
  private void linkLocalPeer() throws IOException, InterruptedException {
    var address = world.host().farLinkLocal();
    refused(
        "link-local-out",
        "shop -> server outside at its link-local address",
        p -> shop.app().tell("fetch " + world.outsideUrl(address, p)));
    table.run(
        new Case(
            "link-local-neighbour",
            "process that is not wrapped -> the same",
            new Untouched(world.outside()),
            p -> world.neighbour(world.outsideUrl(address.replace("%", "%25"), p))));
  }

  @FunctionalInterface
  private interface Rows {
    void run() throws IOException, InterruptedException;
  }

  /** While the host has such chains of somebody else. */
  private void withOthers(String type, int priority, String output, String prerouting, Rows rows)
      throws IOException, InterruptedException {
    world
        .host()
        .inside(
            "nft",
            """
            table inet %1$s {
              chain out { type %2$s hook output priority %3$d; %4$s; }
              chain in { type %2$s hook prerouting priority %3$d; %5$s; }
            }\
            """
                .formatted(OTHERS, type, priority, output, prerouting));
    try {
      rows.run();
    } finally {
      world.host().inside("nft", "delete", "table", "inet", OTHERS);
    }
  }

  private String callOut(String path) throws IOException {
    return shop.app().tell("fetch " + world.outsideUrl(SharedHost.FAR_IPV4, path));
  }

  private String callIn(String path) throws IOException, InterruptedException {
    return world.neighbour(shop.url(SharedHost.IPV4, path));
  }

  private String callInFromAfar(String path) throws IOException, InterruptedException {
    return world.stranger(shop.url(SharedHost.IPV4, path));
  }

  private String callItself(String path) throws IOException {
    return shop.app().tell("fetch " + shop.url(SharedHost.IPV4, path));
  }

  private void refused(String name, String how, Case.Action action)
      throws IOException, InterruptedException {
    table.run(new Case(name, how, new Refused(), action));
  }
}
