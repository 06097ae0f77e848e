package dev.ondine.proxy.http;

import dev.ondine.base.time.Scheduler;
import java.time.Duration;

/**
 * One request and its answer, on its way down and up the stack.
 *
 * <p>Confined to its event loop: {@link #loop} is the only thread that may touch it, and the
 * upstream connection that serves it lives there too. It ends once, by an answer, a reply or a
 * failure; what comes later (from a try that lost a race) is dropped.
 */
public interface HttpExchange {
  /** The request's head; its headers may be changed until the request is sent on. */
  RequestHead request();

  /** The request's body; subscribed to by the one who sends it on. */
  BodyStream requestBody();

  /** The connection that it came by. */
  ConnectionInfo connection();

  /** What has been found out and decided about it so far. */
  StreamInfo info();

  /** The event loop that it is confined to. */
  Scheduler loop();

  /** True while it waits for an answer: none has begun and the client is still there. */
  boolean isOpen();

  /** Time left until the deadline that the caller set, {@link Deadlines#NONE} without one. */
  Duration remaining();

  /**
   * Says whom to tell when the client leaves or a layer above gives up before the end. One listener
   * at a time, that of the holder: who waits in discovery, then the try that is under way.
   */
  void onAbort(Runnable listener);

  /** Registers one who is told when all is over: answered in full, or broken off. */
  void onEnd(EndListener listener);

  /**
   * Sends an interim answer, 100 to 199 except 101; dropped where the client does not know them.
   */
  void inform(ResponseHead interim);

  /** Begins the answer; who serves the client subscribes to the body. */
  void respond(ResponseHead head, BodyStream body);

  /** Gives up; a layer above retries it or makes a reply of it. */
  void fail(Failure failure);

  /** Answers in the mesh's own name. */
  default void reply(LocalReply reply) {
    info().replied(reply);
    respond(reply.head(request()), reply.body(request()));
  }

  /** The authority that the request is for. */
  default String authority() {
    return request().authority();
  }

  /**
   * True for a CONNECT to the workload's own proxy, this sidecar: the far end of the tunnel is a
   * TCP connection that it makes. Any other CONNECT is for somebody behind it and passes as it is.
   */
  default boolean tunnelEndsHere() {
    return request().isConnect()
        && connection().direction() == ConnectionInfo.Direction.OUTBOUND
        && connection().originalDestination().isEmpty();
  }

  /** Told of the end of an exchange. */
  @FunctionalInterface
  interface EndListener {
    /** The exchange is over, and its {@link StreamInfo} is complete. Called once, on its loop. */
    void ended(HttpExchange exchange);
  }
}
