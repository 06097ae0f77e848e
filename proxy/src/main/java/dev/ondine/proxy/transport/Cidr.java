package dev.ondine.proxy.transport;

import java.net.InetAddress;

/**
 * A block of addresses: {@code 10.0.0.0/8}, {@code fd00::/8}.
 *
 * @param prefix how many leading bits its addresses share
 */
public record Cidr(InetAddress network, int prefix) {
  public Cidr {
    var bits = 8 * network.getAddress().length;
    if (prefix < 0 || prefix > bits) {
      throw new IllegalArgumentException(
          network.getHostAddress() + "/" + prefix + ": the prefix is 0 to " + bits);
    }
    var bytes = network.getAddress();
    for (var bit = prefix; bit < bits; bit++) {
      if (isSet(bytes, bit)) {
        throw new IllegalArgumentException(
            network.getHostAddress() + "/" + prefix + ": has bits beyond its prefix");
      }
    }
  }

  /**
   * Reads a block, or a single address.
   *
   * @throws IllegalArgumentException naming the text and what is allowed
   */
  public static Cidr parse(String text) {
    var slash = text.indexOf('/');
    var host = slash < 0 ? text : text.substring(0, slash);
    try {
      var address = InetAddress.ofLiteral(host);
      return new Cidr(
          address, slash < 0 ? 8 * address.getAddress().length : prefix(text.substring(slash + 1)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no block of addresses such as 10.0.0.0/8: " + e.getMessage(), e);
    }
  }

  private static int prefix(String text) {
    if (!text.matches("[0-9]{1,3}")) {
      throw new IllegalArgumentException("'" + text + "' is no prefix");
    }
    return Integer.parseInt(text);
  }

  /** Whether the address is one of these. */
  public boolean contains(InetAddress address) {
    var own = network.getAddress();
    var other = address.getAddress();
    if (own.length != other.length) {
      return false;
    }
    for (var bit = 0; bit < prefix; bit++) {
      if (isSet(own, bit) != isSet(other, bit)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSet(byte[] bytes, int bit) {
    return (bytes[bit / 8] & (0x80 >> (bit % 8))) != 0;
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + prefix;
  }
}
