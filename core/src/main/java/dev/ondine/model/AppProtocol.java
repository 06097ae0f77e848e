package dev.ondine.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a service port speaks. {@code AUTO} means that sidecars find out from the first bytes. */
public enum AppProtocol {
  AUTO,
  HTTP,
  HTTP2,
  GRPC,
  TCP,
  TLS;

  /** The protocol of a document's {@code protocol} field, in any letter case. */
  public static Optional<AppProtocol> of(String text) {
    return Arrays.stream(values()).filter(p -> p.name().equalsIgnoreCase(text)).findFirst();
  }

  /** As written in documents: lower case. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** True where a request, not a connection, is the unit of routing and balancing. */
  public boolean isHttp() {
    return this == HTTP || this == HTTP2 || this == GRPC;
  }
}
