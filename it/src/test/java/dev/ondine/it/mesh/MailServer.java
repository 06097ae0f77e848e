package dev.ondine.it.mesh;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A workload whose protocol lets the server speak first: as much of SMTP as one mail needs. */
final class MailServer implements SocketServer.Handler {
  private final Queue<String> mails = new ConcurrentLinkedQueue<>();

  /** What was delivered. */
  Queue<String> mails() {
    return mails;
  }

  @Override
  public void serve(Socket socket) throws IOException {
    var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    say(socket, "220 mail ready");
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      switch (line.split("[ :]", 2)[0]) {
        case "EHLO", "HELO", "MAIL", "RCPT" -> say(socket, "250 fine");
        case "DATA" -> {
          say(socket, "354 go on");
          mails.add(text(lines));
          say(socket, "250 delivered");
        }
        case "QUIT" -> {
          say(socket, "221 bye");
          return;
        }
        default -> say(socket, "500 what?");
      }
    }
  }

  private static String text(BufferedReader lines) throws IOException {
    var text = new StringBuilder();
    for (var line = lines.readLine(); line != null && !line.equals("."); line = lines.readLine()) {
      text.append(line).append('\n');
    }
    return text.toString();
  }

  private static void say(Socket socket, String line) throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(US_ASCII));
  }
}
