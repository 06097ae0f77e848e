package dev.ondine.proxy.http;

import java.nio.charset.StandardCharsets;

/** The percent encoding of {@code grpc-message}; see PROTOCOL-HTTP2.md of the gRPC project. */
final class GrpcMessage {
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private GrpcMessage() {}

  static String encode(String text) {
    var out = new StringBuilder(text.length() + 16);
    for (var b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b >= 0x20 && b <= 0x7e && b != '%') {
        out.append((char) b);
      } else {
        out.append('%').append(HEX[(b >> 4) & 0xf]).append(HEX[b & 0xf]);
      }
    }
    return out.toString();
  }
}
