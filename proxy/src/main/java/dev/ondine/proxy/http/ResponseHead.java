package dev.ondine.proxy.http;

import static java.util.Objects.requireNonNull;

/**
 * What an answer says before its body; free of everything that concerns one connection only.
 *
 * @param status 100 to 599, in a final answer never 1xx
 */
public record ResponseHead(int status, Headers headers) {
  public ResponseHead {
    requireNonNull(headers, "headers");
  }
}
