package dev.ondine.it.system.wrap;

import static dev.ondine.it.system.wrap.Sighting.in;
import static dev.ondine.it.system.wrap.Sighting.out;

import dev.ondine.it.system.wrap.Case.Captured;
import dev.ondine.it.system.wrap.Case.Refused;
import java.io.IOException;

/**
 * Somebody takes rules away: what connects while they are gone, and when they are loaded again. A
 * watcher that stands still keeps the window open.
 */
final class WindowCases {
  private static final String REMOVED = "somebody removed the rules: they are loaded again";
  private static final String CHANGED = "somebody changed the rules: they are loaded again";

  private final World world;
  private final Wrapped shop;
  private final Table table;

  WindowCases(World world, Table table) {
    this.world = world;
    this.shop = world.shop();
    this.table = table;
  }

  void run() throws IOException, InterruptedException {
    watcher("CONT"); // a sabotaged one
    redirectsAreGone();
    guardIsGone();
    chainsAreFlushed();
    allIsFlushed();
    connectedMeanwhile();
    watcherDies();
  }

  /** The guard is left, and refuses. */
  private void redirectsAreGone() throws IOException, InterruptedException {
    var before = shop.said(REMOVED);
    watcher("STOP");
    nft("delete table inet " + shop.table());
    refused("window-out", "shop, its redirects gone -> server outside", this::callOut);
    refused("window-caller", "process that is not wrapped -> shop", this::callIn);
    refused("window-remote", "process on another host -> shop", this::callInFromAfar);
    refused("window-itself", "shop -> itself", this::callItself);
    watcher("CONT");
    shop.awaitSaid(REMOVED, before);
    bothWays("window-closed");
  }

  private void guardIsGone() throws IOException, InterruptedException {
    var before = shop.said(REMOVED);
    nft("delete table inet " + shop.guard());
    shop.awaitSaid(REMOVED, before);
    guards("guard-again");
    bothWays("new-guard");
  }

  private void chainsAreFlushed() throws IOException, InterruptedException {
    for (var chain : new String[] {"captured", "output_of_others"}) {
      var before = shop.said(CHANGED);
      nft("flush chain inet " + shop.table() + " " + chain);
      shop.awaitSaid(CHANGED, before);
    }
    bothWays("flushed-chains");
    for (var chain : new String[] {"output", "input"}) {
      var before = shop.said(CHANGED);
      nft("flush chain inet " + shop.guard() + " " + chain);
      shop.awaitSaid(CHANGED, before);
    }
    guards("flushed-guard");
    var before = shop.said(CHANGED);
    nft("insert rule inet " + shop.table() + " captured accept");
    shop.awaitSaid(CHANGED, before);
    bothWays("added-rule");
  }

  private void allIsFlushed() throws IOException, InterruptedException {
    var before = shop.said(REMOVED);
    var beforeOfStock = world.stock().said(REMOVED);
    nft("flush ruleset");
    shop.awaitSaid(REMOVED, before);
    world.stock().awaitSaid(REMOVED, beforeOfStock);
    bothWays("flushed-rules");
  }

  /** Past the sidecar for a moment, but not for longer. */
  private void connectedMeanwhile() throws IOException, InterruptedException {
    var before = shop.said(REMOVED);
    watcher("STOP");
    nft("flush ruleset");
    shop.app().tell("connect " + SharedHost.FAR_IPV4 + " " + world.outside().port());
    world.outside().tell("connect " + SharedHost.IPV4 + " " + shop.app().port());
    watcher("CONT");
    shop.awaitSaid(REMOVED, before);
    refused(
        "kept-out",
        "shop -> server outside, connected while all rules were gone",
        path -> shop.app().tell("ask " + path));
    refused(
        "kept-remote",
        "process on another host -> shop, likewise",
        path -> world.outside().tell("ask " + path));
  }

  private void watcherDies() throws IOException, InterruptedException {
    var before = shop.said(REMOVED);
    watcher("KILL");
    nft("flush ruleset");
    shop.awaitSaid(REMOVED, before);
    bothWays("killed-watcher");
  }

  private void watcher(String signal) throws IOException, InterruptedException {
    world.host().inside("kill", "-s", signal, Long.toString(shop.pid("watcher")));
  }

  private void nft(String order) throws IOException, InterruptedException {
    world.host().inside("nft", order);
  }

  /** What is not tracked, only the guard refuses. */
  private void guards(String name) throws IOException, InterruptedException {
    var untracked = "tcp dport { %d, %d } notrack; };";
    nft(
        ("table inet others { chain out { type filter hook output priority -300; " + untracked)
                .formatted(shop.app().port(), world.outside().port())
            + (" chain in { type filter hook prerouting priority -300; " + untracked)
                .formatted(shop.app().port(), world.outside().port())
            + " }");
    try {
      refused(name + "-out", "shop -> server outside, untracked", this::callOut);
      refused(name + "-in", "process on another host -> shop, untracked", this::callInFromAfar);
    } finally {
      nft("delete table inet others");
    }
  }

  private void bothWays(String name) throws IOException, InterruptedException {
    captured(name + "-out", "shop -> server outside", world.outside(), out(shop), this::callOut);
    captured(
        name + "-in", "process that is not wrapped -> shop", shop.app(), in(shop), this::callIn);
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

  private void captured(String name, String how, App server, Sighting by, Case.Action action)
      throws IOException, InterruptedException {
    table.run(new Case(name, how, Captured.by(server, by), action));
  }

  private void refused(String name, String how, Case.Action action)
      throws IOException, InterruptedException {
    table.run(new Case(name, how, new Refused(), action));
  }
}
