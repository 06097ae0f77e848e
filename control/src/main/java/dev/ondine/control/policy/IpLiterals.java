package dev.ondine.control.policy;

import java.net.Inet4Address;
import java.net.InetAddress;

/** What is an IP address in text, without asking any resolver. */
public final class IpLiterals {
  private static final int LONGEST = 45;

  private IpLiterals() {}

  /** Whether the text is an IPv4 address with four parts, or an IPv6 address without a zone. */
  public static boolean isOne(String text) {
    if (text.isEmpty() || text.length() > LONGEST || text.indexOf('%') >= 0) {
      return false;
    }
    try {
      var address = InetAddress.ofLiteral(text);
      // The JDK also takes 10.1 and the like for IPv4.
      return text.indexOf(':') >= 0
          || (address instanceof Inet4Address && address.getHostAddress().equals(text));
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
