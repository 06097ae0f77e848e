package dev.ondine.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
  @TempDir private Path temporary;

  @Test
  void aWordThatCouldNotBeWrittenIsTriedAgain() throws Exception {
    var folder = temporary.resolve("later");
    var file = new StateFile(Optional.of(folder));
    file.write("registered");
    Files.createDirectory(folder);

    file.write("registered");

    assertThat(folder.resolve("state")).content().isEqualTo("registered\n");
  }
}
