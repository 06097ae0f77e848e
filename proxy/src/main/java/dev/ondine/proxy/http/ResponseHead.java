package dev.ondine.proxy.http;

import static java.util.Objects.requireNonNull;

/**
 * What an answer says before its body; free of everything that concerns one connection only.
 *
 * @param status 100 to 599, in a final answer never 1xx save 101, which opens a tunnel for
 *     WebSocket, also where HTTP/2 writes 200 (RFC 8441)
 */
public record ResponseHead(int status, Headers headers) {
  public ResponseHead {
    requireNonNull(headers, "headers");
  }
}
