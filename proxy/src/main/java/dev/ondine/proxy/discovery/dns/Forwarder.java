package dev.ondine.proxy.discovery.dns;

import dev.ondine.base.time.Scheduler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks the upstream resolvers, one after the other, with the bytes of the client's query.
 *
 * <p>Each query has its own socket, hence a port that the kernel chose, and an id of its own: an
 * answer must match both, and the question (RFC 5452).
 */
final class Forwarder {
  /** All servers together take less than the client's own five seconds. */
  private static final Duration PATIENCE = Duration.ofMillis(4_500);

  private static final Duration MOST_PER_SERVER = Duration.ofSeconds(2);

  private final List<InetSocketAddress> servers;
  private final RandomGenerator random;
  private final Duration perServer;

  /**
   * @param random for ids; unpredictable
   */
  Forwarder(List<InetSocketAddress> servers, RandomGenerator random) {
    this.servers = List.copyOf(servers);
    this.random = random;
    var share = PATIENCE.dividedBy(Math.max(1, servers.size()));
    this.perServer = share.compareTo(MOST_PER_SERVER) < 0 ? share : MOST_PER_SERVER;
  }

  boolean hasServers() {
    return !servers.isEmpty();
  }

  /**
   * Asks until a server answers.
   *
   * @param done told the answer on the upstream's loop, once; empty when none answers
   */
  void forward(
      byte[] query,
      Question question,
      Upstream upstream,
      boolean overTcp,
      Consumer<Optional<byte[]>> done) {
    new Forwarding(query, question, upstream, overTcp, done).ask();
  }

  /** One query at one server after the other. Confined to its loop. */
  private final class Forwarding {
    private final byte[] query;
    private final Question question;
    private final Upstream upstream;
    private final boolean overTcp;
    private final Consumer<Optional<byte[]>> done;
    private final int clientId;
    private int server;
    private int id;
    private Scheduler.@Nullable Timer timer;
    private Runnable end = () -> {};

    Forwarding(
        byte[] query,
        Question question,
        Upstream upstream,
        boolean overTcp,
        Consumer<Optional<byte[]>> done) {
      this.query = query;
      this.question = question;
      this.upstream = upstream;
      this.overTcp = overTcp;
      this.done = done;
      this.clientId = Question.number(query, 0);
    }

    void ask() {
      if (server == servers.size()) {
        done.accept(Optional.empty());
        return;
      }
      var attempt = ++server;
      id = random.nextInt(1 << 16);
      timer = upstream.loop().schedule(perServer, () -> over(attempt));
      end =
          upstream.send(
              servers.get(attempt - 1),
              overTcp,
              Reply.withId(query, id),
              answer -> answered(attempt, answer),
              () -> over(attempt));
    }

    private void answered(int attempt, byte[] answer) {
      if (attempt == server && matches(answer)) {
        finish();
        server = servers.size() + 1; // nothing more counts
        done.accept(Optional.of(Reply.withId(answer, clientId)));
      }
    }

    /** This server does not answer: the next one. */
    private void over(int attempt) {
      if (attempt == server) {
        finish();
        ask();
      }
    }

    private void finish() {
      if (timer != null) {
        timer.cancel();
      }
      end.run();
    }

    private boolean matches(byte[] answer) {
      if (answer.length < question.end()
          || Question.number(answer, 0) != id
          || !Question.isResponse(answer)) {
        return false;
      }
      for (var i = Question.HEADER; i < question.end(); i++) {
        if (lower(answer[i]) != lower(query[i])) { // letter case is up to the server
          return false;
        }
      }
      return true;
    }

    private static int lower(byte b) {
      return b >= 'A' && b <= 'Z' ? b + 32 : b;
    }
  }
}
