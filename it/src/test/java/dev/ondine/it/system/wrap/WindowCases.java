package dev.ondine.it.system.wrap;

import static dev.ondine.it.system.wrap.Sighting.in;
import static dev.ondine.it.system.wrap.Sighting.out;
import static org.awaitility.Awaitility.await;

import dev.ondine.it.system.wrap.Case.Captured;
import dev.ondine.it.system.wrap.Case.Refused;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Somebody takes rules of a workload away: what connects while they are gone, and when they are
 * loaded again. A watcher that stands still keeps the window open.
 */
final class WindowCases {
  private static final String REMOVED = "somebody removed the rules: they are loaded again";
  private static final String CHANGED = "somebody changed the rules: they are loaded again";

  /**
   * One workload, seen from outside.
   *
   * @param address where others reach it
   * @param server on another host, and no part of the mesh
   * @param serverAddress where the workload reaches that
   * @param here runs commands in the workload's network
   * @param there runs commands on the server's host
   */
  record Place(
      Wrapped who, String address, App server, String serverAddress, Shell here, Shell there) {}

  /** Where commands are run. */
  @FunctionalInterface
  interface Shell {
    /** Runs one, and returns what it printed. */
    String run(String... words) throws IOException, InterruptedException;
  }

  private final Place place;
  private final Wrapped who;
  private final Table table;

  WindowCases(Place place, Table table) {
    this.place = place;
    this.who = place.who();
    this.table = table;
  }

  void run() throws IOException, InterruptedException {
    watcher("CONT"); // a sabotaged one
    redirectsAreGone();
    guardIsGone();
    connectedBefore();
    chainsAreFlushed();
    allIsFlushed("flushed-rules");
    allIsFlushedAgainAndAgain();
    connectedMeanwhile();
    watcherDies();
  }

  /** The guard is left, and refuses. */
  private void redirectsAreGone() throws IOException, InterruptedException {
    var before = who.said(REMOVED);
    watcher("STOP");
    nft("delete table inet " + who.table());
    refused("window-out", name() + ", its redirects gone -> server outside", this::callOut);
    refused("window-in", "process on another host -> " + name(), this::callIn);
    refused("window-itself", name() + " -> itself", this::callItself);
    watcher("CONT");
    who.awaitSaid(REMOVED, before);
    bothWays("window-closed");
  }

  private void guardIsGone() throws IOException, InterruptedException {
    var before = who.said(REMOVED);
    nft("delete table inet " + who.guard());
    who.awaitSaid(REMOVED, before);
    guards("new-guard");
  }

  /** By the sidecar: what was captured, is not cut off. */
  private void connectedBefore() throws IOException, InterruptedException {
    var before = who.said(REMOVED);
    connect(" /first"); // or, after a while, the sidecar takes it for TCP
    nft("delete table inet " + who.guard());
    who.awaitSaid(REMOVED, before);
    captured(
        "stays-out",
        name() + " -> server outside, connected before that",
        place.server(),
        out(who),
        path -> who.app().tell("ask " + path));
    captured(
        "stays-in",
        "process on another host -> " + name() + ", likewise",
        who.app(),
        in(who),
        path -> place.server().tell("ask " + path));
  }

  private void chainsAreFlushed() throws IOException, InterruptedException {
    for (var chain : List.of("captured", "prerouting")) {
      changed("flush chain inet " + who.table() + " " + chain);
    }
    bothWays("flushed-chains");
    for (var chain : List.of("output", "input")) {
      changed("flush chain inet " + who.guard() + " " + chain);
    }
    guards("flushed-guard");
    changed("insert rule inet " + who.table() + " captured accept");
    bothWays("added-rule");
  }

  private void changed(String order) throws IOException, InterruptedException {
    var before = who.said(CHANGED);
    nft(order);
    who.awaitSaid(CHANGED, before);
  }

  private void allIsFlushed(String row) throws IOException, InterruptedException {
    var before = who.said(REMOVED);
    nft("flush ruleset");
    who.awaitSaid(REMOVED, before);
    awaitTables(); // what was said may be of a flush before
    bothWays(row);
  }

  /** As a firewall does that is restarted: the second comes while the first is being mended. */
  private void allIsFlushedAgainAndAgain() throws IOException, InterruptedException {
    for (var flushes = 20; flushes > 0; flushes--) {
      nft("flush ruleset");
    }
    awaitTables(); // whichever flush it was that was told last
    allIsFlushed("flushed-again");
  }

  private void awaitTables() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> place.here().run("nft", "list", "tables").contains(who.guard()));
  }

  /** Past the sidecar for a moment, but not for longer. */
  private void connectedMeanwhile() throws IOException, InterruptedException {
    var before = who.said(REMOVED);
    watcher("STOP");
    nft("flush ruleset");
    connect("");
    watcher("CONT");
    who.awaitSaid(REMOVED, before);
    refused(
        "kept-out",
        name() + " -> server outside, connected while all rules were gone",
        path -> who.app().tell("ask " + path));
    refused(
        "kept-in",
        "process on another host -> " + name() + ", likewise",
        path -> place.server().tell("ask " + path));
  }

  /** Both ways, and asks for what follows. */
  private void connect(String asking) throws IOException {
    who.app().tell("connect " + place.serverAddress() + " " + place.server().port() + asking);
    place.server().tell("connect " + place.address() + " " + who.app().port() + asking);
  }

  private void watcherDies() throws IOException, InterruptedException {
    var before = who.said(REMOVED);
    watcher("KILL");
    nft("flush ruleset");
    who.awaitSaid(REMOVED, before);
    bothWays("killed-watcher");
  }

  private String name() {
    return who.name();
  }

  private void watcher(String signal) throws IOException, InterruptedException {
    place.here().run("kill", "-s", signal, Long.toString(who.pid("watcher")));
  }

  private void nft(String order) throws IOException, InterruptedException {
    place.here().run("nft", order);
  }

  /** What is not tracked, only the guard refuses. */
  private void guards(String name) throws IOException, InterruptedException {
    nft(
        """
        table inet others {
          chain out { type filter hook output priority -300; tcp dport { %1$d, %2$d } notrack; }
          chain in { type filter hook prerouting priority -300; tcp dport { %1$d, %2$d } notrack; }
        }\
        """
            .formatted(who.app().port(), place.server().port()));
    try {
      refused(name + "-out", name() + " -> server outside, untracked", this::callOut);
      refused(name + "-in", "process on another host -> " + name() + ", untracked", this::callIn);
    } finally {
      nft("delete table inet others");
    }
  }

  private void bothWays(String name) throws IOException, InterruptedException {
    captured(name + "-out", name() + " -> server outside", place.server(), out(who), this::callOut);
    captured(
        name + "-in", "process on another host -> " + name(), who.app(), in(who), this::callIn);
  }

  private String callOut(String path) throws IOException {
    var server = place.serverAddress() + ":" + place.server().port();
    return who.app().tell("fetch http://" + server + path);
  }

  private String callIn(String path) throws IOException, InterruptedException {
    var url = who.url(place.address(), path);
    return place.there().run("curl", "-sS", "--fail", "--noproxy", "*", "--max-time", "5", url);
  }

  private String callItself(String path) throws IOException {
    return who.app().tell("fetch " + who.url(place.address(), path));
  }

  private void captured(String name, String how, App server, Sighting by, Case.Action action)
      throws IOException, InterruptedException {
    table.run(new Case(name() + "-" + name, how, Captured.by(server, by), action));
  }

  private void refused(String name, String how, Case.Action action)
      throws IOException, InterruptedException {
    table.run(new Case(name() + "-" + name, how, new Refused(), action));
  }
}
