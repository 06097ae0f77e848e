package dev.ondine.it.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.tls.PemFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/** PEM files: a chain and its key are read, or refused with the file and what is wrong with it. */
final class PemTarget implements FuzzTarget {
  @Override
  public String name() {
    return "pem";
  }

  /** The chain is all up to the key, as users paste both into one file. */
  @Override
  public void parse(byte[] input) {
    try {
      var chain = Files.createTempFile("fuzz-chain", ".pem");
      var key = Files.createTempFile("fuzz-key", ".pem");
      try {
        var cut = keyAt(input);
        Files.write(chain, Arrays.copyOf(input, cut));
        Files.write(key, Arrays.copyOfRange(input, cut, input.length));
        read(chain, key);
      } finally {
        Files.delete(chain);
        Files.delete(key);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void read(Path chain, Path key) {
    try {
      assertThat(new PemFiles(chain, key).read()).isNotNull();
    } catch (IOException e) {
      var message = Objects.requireNonNullElse(e.getMessage(), "");
      assertThat(message.contains(chain.toString()) || message.contains(key.toString()))
          .as(message)
          .isTrue();
    }
  }

  private static int keyAt(byte[] input) {
    var at = new String(input, ISO_8859_1).indexOf("-----BEGIN P");
    return at < 0 ? input.length : at;
  }
}
