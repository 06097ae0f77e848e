package dev.ondine.cli.demo.load;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * The customer's own log, a line for each request: {@code id=drain-17 to=web status=200 ms=4.21
 * expected=200}. Safe for use by many threads.
 */
public final class RequestLog implements AutoCloseable {
  private final BufferedWriter out;

  /** Appends to the file. */
  public RequestLog(Path file) throws IOException {
    out = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /**
   * Adds a line.
   *
   * @param to the service that was asked
   * @param expected the status that is right; 404 where a refusal is, -1 where any is
   */
  public synchronized void add(String id, String to, Answer answer, int expected) {
    try {
      out.write(
          String.format(
              Locale.ROOT,
              "id=%s to=%s status=%d ms=%.2f expected=%d%n",
              id,
              to,
              answer.status(),
              answer.millis(),
              expected));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes everything so far visible to readers of the file. */
  public synchronized void flush() throws IOException {
    out.flush();
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}
