package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.Headers;

/** Reads Upgrade, a list of protocols (RFC 9110, section 7.8). */
final class Upgrades {
  private Upgrades() {}

  /** True if the headers name this protocol among others. */
  static boolean name(Headers headers, String protocol) {
    for (var value : headers.all("upgrade")) {
      for (var named : value.split(",", -1)) {
        if (named.strip().equalsIgnoreCase(protocol)) {
          return true;
        }
      }
    }
    return false;
  }
}
