package dev.ondine.proxy.discovery.dns;

import dev.ondine.model.Bundle;
import dev.ondine.model.DemandKey;
import dev.ondine.model.Listener;
import dev.ondine.model.ServiceState.Denied;
import dev.ondine.model.ServiceState.Missing;
import dev.ondine.model.ServiceState.Requested;
import dev.ondine.model.ServiceState.Serving;
import dev.ondine.model.ServiceState.Unknown;
import dev.ondine.proxy.discovery.Outcome;
import dev.ondine.proxy.discovery.Services;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers one query after the other: asking for a mesh name is demand for it.
 *
 * <p>May be used on all loops; a query is answered on the loop it came by.
 */
final class Resolver {
  /** So that a service that was removed and created anew is soon met at its new address. */
  static final int TTL_SECONDS = 5;

  /** Shorter than the five seconds after which the C library asks again. */
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final Services services;
  private final MeshNames names;
  private final Forwarder forwarder;
  private final DnsMetrics metrics;
  private final int maxInFlight;
  private final AtomicInteger inFlight = new AtomicInteger();

  /** Where answers go, on the query's loop. */
  @FunctionalInterface
  interface Client {
    void reply(byte[] message);
  }

  Resolver(
      Services services,
      MeshNames names,
      Forwarder forwarder,
      DnsMetrics metrics,
      int maxInFlight) {
    this.services = services;
    this.names = names;
    this.forwarder = forwarder;
    this.metrics = metrics;
    this.maxInFlight = maxInFlight;
  }

  /**
   * Answers a query, now or later.
   *
   * @param upstream of the loop that the query came by
   * @param overTcp how it came, and how it is forwarded: answers too long for UDP come by TCP
   */
  void query(byte[] message, Upstream upstream, boolean overTcp, Client client) {
    if (message.length < Question.HEADER || Question.isResponse(message)) {
      metrics.malformed.increment(); // an answer to this might be answered, for ever
      return;
    }
    var question = Question.parse(message);
    if (question.isEmpty()) {
      metrics.malformed.increment();
      client.reply(Reply.malformed(message));
      return;
    }
    if (inFlight.incrementAndGet() > maxInFlight) {
      inFlight.decrementAndGet();
      metrics.failed.increment();
      client.reply(Reply.failure(message, question.get()));
      return;
    }
    metrics.inFlight.add(1);
    new Query(message, question.get(), upstream, overTcp, client).begin();
  }

  /** A query on its way to an answer. */
  private final class Query {
    private final byte[] message;
    private final Question question;
    private final Upstream upstream;
    private final boolean overTcp;
    private final Client client;
    private final MeshNames.Meaning meaning;
    private int next;

    Query(byte[] message, Question question, Upstream upstream, boolean overTcp, Client client) {
      this.message = message;
      this.question = question;
      this.upstream = upstream;
      this.overTcp = overTcp;
      this.client = client;
      this.meaning =
          question.dnsClass() == Question.INTERNET
              ? names.of(question.name())
              : MeshNames.Meaning.NONE;
    }

    void begin() {
      if (next == meaning.keys().size()) {
        noService();
        return;
      }
      var key = meaning.keys().get(next++);
      switch (services.get(key)) {
        case Serving state -> found(state.bundle());
        case Missing _ -> begin();
        case Denied _ -> denied();
        case Unknown _, Requested _ -> demand(key);
      }
    }

    private void demand(DemandKey key) {
      if (meaning.surely() || services.reachable()) {
        services.await(key, PATIENCE, upstream.loop(), this::told);
      } else {
        forward();
      }
    }

    private void told(Outcome outcome) {
      switch (outcome) {
        case Outcome.Found(var state) -> found(state.bundle());
        case Outcome.Missing _ -> begin();
        case Outcome.Denied _ -> denied();
        case Outcome.GaveUp _ -> {
          if (meaning.surely()) {
            fail();
          } else {
            forward();
          }
        }
      }
    }

    private void found(Bundle bundle) {
      var virtualIp = bundle.listener().service().flatMap(Listener.ServiceInfo::virtualIp);
      if (virtualIp.isPresent()) {
        address(virtualIp.get());
      } else {
        forward(); // a foreign control plane, where names have addresses of their own
      }
    }

    /** The name resolves, so that a request for it is told why it may not be made. */
    private void denied() {
      address(DemandKey.VirtualIp.REFUSED);
    }

    private void address(String ip) {
      metrics.mesh.increment();
      end(
          question.type() == Question.A
              ? Reply.address(
                  message, question, InetAddress.ofLiteral(ip).getAddress(), TTL_SECONDS)
              : Reply.noData(message, question));
    }

    private void noService() {
      if (meaning.surely() || (!meaning.keys().isEmpty() && !forwarder.hasServers())) {
        metrics.noSuchName.increment();
        end(Reply.noSuchName(message, question));
      } else {
        forward();
      }
    }

    private void forward() {
      forwarder.forward(message, question, upstream, overTcp, this::forwarded);
    }

    private void forwarded(Optional<byte[]> reply) {
      if (reply.isPresent()) {
        metrics.forwarded.increment();
        end(reply.get());
      } else {
        fail();
      }
    }

    private void fail() {
      metrics.failed.increment();
      end(Reply.failure(message, question));
    }

    private void end(byte[] reply) {
      inFlight.decrementAndGet();
      metrics.inFlight.add(-1);
      client.reply(reply);
    }
  }
}
