package dev.ondine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateCommandTest {
  private static final String ORDERS =
      """
      apiVersion: mesh.ondine.dev/v1
      kind: Service
      metadata: {name: orders, namespace: shop}
      spec: {ports: [{port: 80}]}
      """;

  @TempDir private Path folder;

  @Test
  void whatIsValidIsCounted() throws IOException {
    Files.writeString(folder.resolve("a.yaml"), ORDERS);
    Files.writeString(
        folder.resolve("b.yaml"),
        ORDERS.replace("orders", "a") + "---\n" + ORDERS.replace("orders", "b"));
    var run = CommandRun.of("validate", folder.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo("valid: 3 documents in 2 files\n");
    assertThat(run.exit()).isZero();
    assertThat(CommandRun.withInput(ORDERS, "validate", "-").out())
        .isEqualTo("valid: 1 documents in 1 files\n");
  }

  @Test
  void filesMayNotContradictEachOther() throws IOException {
    var first = Files.writeString(folder.resolve("a.yaml"), ORDERS);
    var second = Files.writeString(folder.resolve("b.yaml"), "# same\n" + ORDERS);
    var run = CommandRun.of("validate", first.toString(), second.toString());
    assertThat(run.exit()).isEqualTo(ExitCode.INVALID_DOCUMENTS.number());
    assertThat(run.err())
        .isEqualTo(second + ":2: metadata.name: Service/shop/orders is also at " + first + ":1\n");
  }

  @Test
  void nothingToValidateIsAWrongCommandLine() {
    assertThat(CommandRun.of("validate").exit()).isEqualTo(ExitCode.USAGE.number());
    var missing = CommandRun.of("validate", folder.resolve("missing.yaml").toString());
    assertThat(missing.exit()).isEqualTo(ExitCode.FAILURE.number());
    assertThat(missing.err()).contains("missing.yaml: cannot be read: there is no such file");
  }
}
