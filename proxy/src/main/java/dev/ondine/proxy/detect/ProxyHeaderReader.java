package dev.ondine.proxy.detect;

import dev.ondine.proxy.detect.ProxyHeader.Fault;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads headers of the PROXY protocol's version 2.
 *
 * <p>Strict: every length must fit, whatever is in it. Of the TLVs only the checksum means
 * something to us; the others are passed over. Families and transports that the protocol knows and
 * we do not serve count as none, as it demands; all others are malformed.
 */
public final class ProxyHeaderReader {
  private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10};
  private static final byte[] SIGNATURE_1 = {'P', 'R', 'O', 'X', 'Y', ' '};
  private static final int HEAD = 16;
  private static final int VERSION = 2;
  private static final int LOCAL = 0;
  private static final int PROXY = 1;
  private static final int IPV4 = 1;
  private static final int IPV6 = 2;
  private static final int UNIX = 3;
  private static final int STREAM = 1;
  private static final int DATAGRAM = 2;
  private static final int TLV_HEAD = 3;
  private static final int TLV_CHECKSUM = 3;
  private static final int CHECKSUM = 4;

  private final ByteBuffer bytes;

  private ProxyHeaderReader(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads the bytes between the buffer's position and limit and moves neither.
   *
   * @param start the connection's bytes so far, from the first one on
   */
  public static ProxyHeader read(ByteBuffer start) {
    return new ProxyHeaderReader(start.slice()).read();
  }

  private ProxyHeader read() {
    if (!begins(SIGNATURE)) {
      if (begins(SIGNATURE_1)) {
        return bytes.limit() < SIGNATURE_1.length ? ProxyHeader.NEED_MORE : wrong(Fault.VERSION_1);
      }
      return wrong(Fault.NO_HEADER);
    }
    var size = bytes.limit();
    if (size > 12 && at(12) >> 4 != VERSION) {
      return wrong(Fault.VERSION);
    }
    if (size > 12 && (at(12) & 0xf) > PROXY) {
      return wrong(Fault.COMMAND);
    }
    if (size < HEAD) {
      return ProxyHeader.NEED_MORE;
    }
    var length = HEAD + number(14);
    if (length > ProxyHeader.MAX_BYTES) {
      return wrong(Fault.LENGTH);
    }
    if ((at(12) & 0xf) == LOCAL) { // whatever else it says is to be ignored
      return size < length ? ProxyHeader.NEED_MORE : new ProxyHeader.Own(length);
    }
    return proxied(at(13) >> 4, at(13) & 0xf, length);
  }

  private ProxyHeader proxied(int family, int transport, int length) {
    var known = family == 0 ? transport == 0 : transport == STREAM || transport == DATAGRAM;
    if (family > UNIX || !known) {
      return wrong(Fault.FAMILY);
    }
    if (length < HEAD + addresses(family)) {
      return wrong(Fault.LENGTH);
    }
    if (bytes.limit() < length) {
      return ProxyHeader.NEED_MORE;
    }
    if (family == 0) {
      return new ProxyHeader.Own(length); // what follows has no form
    }
    var fault = tlvFault(HEAD + addresses(family), length);
    if (fault != null) {
      return wrong(fault);
    }
    return transport == STREAM && family != UNIX
        ? new ProxyHeader.Proxied(client(family), length)
        : new ProxyHeader.Own(length);
  }

  /** How many bytes both addresses and ports take. */
  private static int addresses(int family) {
    return switch (family) {
      case IPV4 -> 2 * (4 + 2);
      case IPV6 -> 2 * (16 + 2);
      case UNIX -> 2 * 108;
      default -> 0;
    };
  }

  private InetSocketAddress client(int family) {
    var size = family == IPV4 ? 4 : 16;
    var ip = new byte[size];
    bytes.get(HEAD, ip);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(ip), number(HEAD + 2 * size));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + size + " bytes", e);
    }
  }

  private @Nullable Fault tlvFault(int begin, int end) {
    var checked = false;
    for (var at = begin; at < end; ) {
      if (end - at < TLV_HEAD || end - at - TLV_HEAD < number(at + 1)) {
        return Fault.TLV;
      }
      if (at(at) == TLV_CHECKSUM) {
        if (checked || number(at + 1) != CHECKSUM || !isRight(at + TLV_HEAD, end)) {
          return Fault.CHECKSUM;
        }
        checked = true;
      }
      at += TLV_HEAD + number(at + 1);
    }
    return null;
  }

  /** Over the whole header, with zeros in the checksum's own place. */
  private boolean isRight(int checksum, int end) {
    var all = new byte[end];
    bytes.get(0, all);
    Arrays.fill(all, checksum, checksum + CHECKSUM, (byte) 0);
    var crc = new CRC32C();
    crc.update(all);
    return bytes.getInt(checksum) == (int) crc.getValue();
  }

  private boolean begins(byte[] with) {
    var size = Math.min(with.length, bytes.limit());
    for (var i = 0; i < size; i++) {
      if (bytes.get(i) != with[i]) {
        return false;
      }
    }
    return true;
  }

  private static ProxyHeader.Malformed wrong(Fault fault) {
    return new ProxyHeader.Malformed(fault);
  }

  private int number(int at) {
    return at(at) << 8 | at(at + 1);
  }

  private int at(int index) {
    return bytes.get(index) & 0xff;
  }
}
