package dev.ondine.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The process's standard streams, in UTF-8. */
public record Terminal(InputStream in, PrintWriter out, PrintWriter err) {
  /** Those of this process. */
  public static Terminal system() {
    return new Terminal(
        System.in,
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8));
  }
}
