package dev.ondine.model;

import java.util.regex.Pattern;

/** The syntax of names: DNS labels (RFC 1123), at most 63 characters each, 253 in all. */
final class Names {
  // A fixed pattern of ours with bounded input, linear by construction: no RE2 needed.
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private Names() {}

  static String label(String path, String value) {
    if (value.length() > 63 || !LABEL.matcher(value).matches()) {
      throw new InvalidResourceException(
          path,
          "'"
              + value
              + "' is no name: lower-case letters, digits and '-', 1 to 63 characters, starting and"
              + " ending with a letter or digit");
    }
    return value;
  }

  static boolean isLabel(String value) {
    return value.length() <= 63 && LABEL.matcher(value).matches();
  }

  static int port(String path, int port) {
    if (port < 1 || port > 65535) {
      throw new InvalidResourceException(path, port + " is no port: 1 to 65535");
    }
    return port;
  }
}
