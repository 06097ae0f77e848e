package dev.ondine.it.system.identity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ondine.testkit.tls.TestAuthority.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.SSLSocket;

/** A client that means to get a request past a sidecar, and what it was answered. */
final class Stranger {
  private static final int MILLIS = 5_000;
  private static final byte[] REQUEST =
      "GET /stranger HTTP/1.1\r\nHost: orders\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1);

  private Stranger() {}

  /** What was answered by TLS, without the byte that says yes; empty: nothing. */
  static String byTls(int port, Optional<Issued> shown)
      throws IOException, GeneralSecurityException {
    try (var socket = (SSLSocket) Shown.context(shown).getSocketFactory().createSocket()) {
      socket.setSoTimeout(MILLIS);
      var parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"ondine/http/1.1"});
      socket.setSSLParameters(parameters);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), MILLIS);
      return answer(socket).replaceFirst("^\\x01", "");
    }
  }

  /** What was answered in the clear; empty: it was broken off. */
  static String inTheClear(InetSocketAddress address) throws IOException {
    try (var socket = new Socket()) {
      socket.setSoTimeout(MILLIS);
      socket.connect(address, MILLIS);
      return answer(socket);
    }
  }

  private static String answer(Socket socket) {
    var said = new StringBuilder();
    try {
      socket.getOutputStream().write(REQUEST);
      socket.getOutputStream().flush();
      for (var next = socket.getInputStream().read();
          next >= 0;
          next = socket.getInputStream().read()) {
        said.append((char) next);
      }
    } catch (IOException _) {
      // broken off: what came before counts
    }
    return said.toString();
  }
}
