package dev.ondine.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An address to listen at, as people type it: {@code 127.0.0.1:15010}; port 0 for any. */
final class ListenAddress implements ITypeConverter<InetSocketAddress> {
  private static final String ALLOWED =
      " (allowed: ADDRESS:PORT, such as 127.0.0.1:15010, 0.0.0.0:15010 or [::1]:15010)";

  @Override
  public InetSocketAddress convert(String text) {
    var colon = text.lastIndexOf(':');
    var host = colon < 0 ? "" : text.substring(0, colon);
    var port = text.substring(colon + 1);
    var bracketed = host.startsWith("[") && host.endsWith("]");
    if (host.isEmpty() || !port.matches("[0-9]{1,5}") || (host.contains(":") && !bracketed)) {
      throw new TypeConversionException("'" + text + "' is no address" + ALLOWED);
    }
    var number = Integer.parseInt(port);
    if (number > 65_535) {
      throw new TypeConversionException("'" + port + "' is no port (allowed: 0 to 65535)");
    }
    try {
      var name = bracketed ? host.substring(1, host.length() - 1) : host;
      return new InetSocketAddress(InetAddress.getByName(name), number);
    } catch (UnknownHostException _) {
      throw new TypeConversionException("'" + host + "' is no address of this machine" + ALLOWED);
    }
  }
}
