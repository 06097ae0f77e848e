package dev.ondine.it.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.control.policy.DocumentReader;
import dev.ondine.control.policy.InvalidDocumentsException;

/** Documents that a user applies: read, or refused with every fault named. */
final class DocumentTarget implements FuzzTarget {
  private final DocumentReader reader = new DocumentReader();

  @Override
  public String name() {
    return "document";
  }

  @Override
  public void parse(byte[] input) {
    try {
      var _ = reader.read("fuzz.yaml", new String(input, UTF_8));
    } catch (InvalidDocumentsException e) {
      assertThat(e.problems()).isNotEmpty();
    }
  }
}
