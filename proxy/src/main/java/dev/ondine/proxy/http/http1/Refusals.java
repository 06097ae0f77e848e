package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Reason;

/** Told of what a codec refused before it became an exchange, for log and metrics. */
@FunctionalInterface
public interface Refusals {
  /** Something was refused; {@code detail} names no data of the caller. */
  void refused(ConnectionInfo connection, Reason reason, String detail);
}
