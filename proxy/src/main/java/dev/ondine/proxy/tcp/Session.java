package dev.ondine.proxy.tcp;

import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.StreamInfo;
import dev.ondine.proxy.tls.Alert;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.Loop;
import dev.ondine.proxy.transport.Relay;
import java.util.ArrayList;
import java.util.List;

/**
 * An accepted connection on its way to an endpoint, and what is found out and decided about it.
 * Confined to its loop.
 */
final class Session implements Relay.Watcher {
  private final Sessions sessions;
  private final Loop loop;
  private final ConnectionInfo connection;
  private final StreamInfo info;
  private final Relay relay;
  private final List<Runnable> ends = new ArrayList<>(3);
  private boolean speaksTls;
  private boolean opened;
  private boolean over;

  Session(Sessions sessions, Connection accepted, ConnectionInfo connection) {
    this.sessions = sessions;
    this.loop = accepted.loop();
    this.connection = connection;
    this.info = new StreamInfo(loop.ticker().nanos());
    this.relay = Relay.hold(accepted, sessions.relaySettings(), this);
  }

  Loop loop() {
    return loop;
  }

  ConnectionInfo connection() {
    return connection;
  }

  StreamInfo info() {
    return info;
  }

  /** False once it ends: the client may leave at any time. */
  boolean isOpen() {
    return relay.isOpen();
  }

  /** True once its connections are closed. */
  boolean isOver() {
    return over;
  }

  /** Runs this when it is over. */
  void onEnd(Runnable end) {
    if (over) {
      end.run();
    } else {
      ends.add(end);
    }
  }

  /** Its client began a TLS handshake, so that it can be told why it is refused. */
  void speaksTls() {
    speaksTls = true;
  }

  /** Breaks it off: the caller is told nothing but that, unless it speaks TLS. */
  void refuse(Reason reason, String detail) {
    if (isOpen()) {
      info.brokeOff(Failure.notSent(reason, detail));
      if (speaksTls && !opened) {
        relay.breakOffWith(Alert.of(reason).record());
      } else {
        relay.breakOff();
      }
    }
  }

  /** Relays it to this connection. */
  void relay(Connection upstream) {
    if (isOpen()) {
      opened();
    }
    relay.to(upstream);
  }

  private void opened() {
    if (!opened) {
      opened = true;
      sessions.metrics().opened(connection, info);
    }
  }

  @Override
  public void moved(long received, long sent) {
    info.received(received);
    info.sent(sent);
    sessions.metrics().moved(connection, info, received, sent);
  }

  @Override
  public void ended(Relay.End end) {
    if (info.reason() == null) {
      switch (end) {
        case IN_ORDER -> {}
        case CLIENT_BROKE_OFF -> brokeOff(Reason.CLIENT_CLOSED, "the client broke off");
        case UPSTREAM_BROKE_OFF -> brokeOff(Reason.UPSTREAM_RESET, "the endpoint broke off");
        case IDLE -> brokeOff(Reason.IDLE_TIMEOUT, "nothing moved");
        case BROKEN_OFF -> brokeOff(Reason.INTERNAL, "broken off");
      }
    }
    over = true;
    info.ended(loop.ticker().nanos());
    opened();
    ends.forEach(Runnable::run);
    sessions.ended(this);
  }

  private void brokeOff(Reason reason, String detail) {
    info.brokeOff(Failure.perhapsSent(reason, detail));
  }
}
