package dev.ondine.proxy.discovery.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What resolv.conf(5) says: whom to ask, and which suffixes clients try.
 *
 * @param servers at most three, as in the C library
 * @param search lower case, without leading or final dot
 */
public record ResolvConf(List<InetSocketAddress> servers, List<String> search) {
  /** Nobody to ask. */
  public static final ResolvConf EMPTY = new ResolvConf(List.of(), List.of());

  private static final int MAX_SERVERS = 3;
  private static final int PORT = 53;

  public ResolvConf {
    servers = List.copyOf(servers);
    search = List.copyOf(search);
  }

  /** Reads the file. */
  public static ResolvConf read(Path file) throws IOException {
    return parse(Files.readString(file));
  }

  /** Reads the text; what it cannot be understood is passed over, as the C library does. */
  public static ResolvConf parse(String text) {
    var servers = new ArrayList<InetSocketAddress>();
    var search = List.<String>of();
    for (var line : text.lines().toList()) {
      var words = line.strip().split("[ \\t]+", -1);
      switch (words[0]) {
        case "nameserver" -> {
          if (words.length > 1 && servers.size() < MAX_SERVERS) {
            server(words[1], servers);
          }
        }
        case "search", "domain" -> // the last one counts
            search =
                List.of(words).subList(1, words.length).stream()
                    .map(ResolvConf::suffix)
                    .filter(suffix -> !suffix.isEmpty())
                    .toList();
        default -> {} // options, comments
      }
    }
    return new ResolvConf(servers, search);
  }

  private static void server(String text, List<InetSocketAddress> servers) {
    try {
      servers.add(new InetSocketAddress(InetAddress.ofLiteral(text), PORT));
    } catch (IllegalArgumentException _) {
      // not an address: passed over
    }
  }

  private static String suffix(String word) {
    var from = word.startsWith(".") ? 1 : 0;
    var to = word.endsWith(".") && word.length() > from ? word.length() - 1 : word.length();
    return word.substring(from, to).toLowerCase(Locale.ROOT);
  }
}
