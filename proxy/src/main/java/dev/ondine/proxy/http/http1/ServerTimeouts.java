package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.HttpTimes;
import dev.ondine.proxy.http.Pace;
import dev.ondine.proxy.http.Slowness;
import dev.ondine.proxy.overload.Shedding;
import dev.ondine.proxy.transport.Sweeper;
import dev.ondine.proxy.transport.Uptake;
import java.time.Duration;

/** Ends a client's connection that takes too long over what it is at. Confined to its loop. */
final class ServerTimeouts implements Sweeper.Sweepable {
  private final ServerConnection connection;
  private final HttpTimes times;
  private final Shedding shedding;
  private final Pace sending;
  private final Uptake taking;
  private int idle; // sweeps since the last request
  private int heading; // sweeps since a head began

  ServerTimeouts(ServerConnection connection, HttpTimes times, Shedding shedding) {
    this.connection = connection;
    this.times = times;
    this.shedding = shedding;
    this.sending = new Pace(times.bodyRate(), connection.nanos());
    this.taking = new Uptake(connection.transport());
  }

  /** The client has sent so much. */
  void received(long bytes) {
    sending.moved(bytes, connection.nanos());
  }

  /** A head is complete. */
  void began() {
    heading = 0;
    idle = 0;
    sending.excuse(connection.nanos());
  }

  @Override
  public void sweep() {
    var exchange = connection.exchange();
    if (exchange != null && exchange.isTunnelOpen()) {
      taking.excuse();
    } else if (takesTooSlowly()) {
      connection.takesTooSlowly();
    } else if (connection.isClosing()) {
      return; // only the end of what was written is still to be taken
    } else if (exchange == null) {
      sweepWithoutRequest();
    } else {
      sweepRequest(exchange);
    }
  }

  private boolean takesTooSlowly() {
    var hurry = shedding.drains();
    return taking.isTooSlow(times.takeRate(hurry), times.takeGrace(hurry));
  }

  private void sweepWithoutRequest() {
    if (connection.isWithinHead()) {
      idle = 0;
      heading++; // trickling does not help
      if (heading > patience(times.head()).toSeconds()) {
        connection.tooSlow(Slowness.HEAD);
      }
    } else if (connection.transport().untaken() == 0) { // else closing would lose the rest
      sweepIdle();
    }
  }

  private void sweepIdle() {
    heading = 0;
    idle++;
    if (shedding.drains()) {
      shedding.shed(Shedding.Point.IDLE);
      connection.closeIdle();
    } else if (idle > times.idle(shedding.isCrowded()).toSeconds()) {
      connection.closeIdle();
    }
  }

  private void sweepRequest(ServerExchange exchange) {
    if (!exchange.waitsForRequest() || (!exchange.isOver() && mayPause(exchange))) {
      sending.excuse(connection.nanos());
    } else if (sending.isTooSlow(patience(times.bodyGrace()), connection.nanos())) {
      connection.tooSlow(Slowness.BODY);
    }
  }

  /**
   * A stream of messages may, for as long as it likes; and who waits for 100 keeps to RFC 9110,
   * section 10.1.1, however long the workload takes to say it.
   */
  private static boolean mayPause(ServerExchange exchange) {
    return exchange.request().isGrpc()
        || exchange.request().isTunnel()
        || exchange.waitsForContinue();
  }

  private Duration patience(Duration usual) {
    return HttpTimes.patience(usual, shedding.drains());
  }
}
