package dev.ondine.it.fuzz;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every target takes its seeds, and what a seeded generator makes of them. */
class FuzzTargetsTest {
  private static final int MUTANTS = 2_000;

  @TestFactory
  Stream<DynamicTest> seedsAndMutantsKeepTheProperties() {
    return FuzzTargets.all().stream()
        .map(target -> DynamicTest.dynamicTest(target.name(), () -> parseAll(target)));
  }

  private static void parseAll(FuzzTarget target) throws IOException, URISyntaxException {
    var random = new SplittableRandom(target.name().hashCode());
    var seeds = seeds(target);
    seeds.forEach(target::parse);
    for (int i = 0; i < MUTANTS; i++) {
      var mutant = mutated(seeds.get(random.nextInt(seeds.size())), random);
      try {
        target.parse(mutant);
      } catch (RuntimeException | AssertionError e) {
        var hex = HexFormat.of().formatHex(mutant);
        throw new AssertionError("mutant " + i + " of " + target.name() + ": " + hex, e);
      }
    }
  }

  private static List<byte[]> seeds(FuzzTarget target) throws IOException, URISyntaxException {
    var folder = FuzzTargetsTest.class.getResource("/fuzz/" + target.name());
    var seeds = new ArrayList<byte[]>();
    try (var files =
        Files.list(Path.of(Objects.requireNonNull(folder, target.name() + ": no seeds").toURI()))) {
      for (var file : files.sorted().toList()) {
        seeds.add(Files.readAllBytes(file));
      }
    }
    return seeds;
  }

  /** One to four changes: a byte replaced, a piece removed or doubled. */
  private static byte[] mutated(byte[] seed, SplittableRandom random) {
    var bytes = new ArrayList<Byte>();
    for (byte b : seed) {
      bytes.add(b);
    }
    for (int change = random.nextInt(4); change >= 0; change--) {
      var from = random.nextInt(bytes.size() + 1);
      var to = Math.min(bytes.size(), from + random.nextInt(8));
      switch (random.nextInt(3)) {
        case 0 -> bytes.add(from, (byte) random.nextInt(256));
        case 1 -> bytes.subList(from, to).clear();
        default -> bytes.addAll(from, List.copyOf(bytes.subList(from, to)));
      }
    }
    var result = new byte[bytes.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = bytes.get(i);
    }
    return result;
  }
}
