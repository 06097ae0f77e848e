package dev.ondine.proxy.overload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.overload.CgroupMemory.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders stand in for the kernel's: the files in them are what it writes. */
class CgroupMemoryTest {
  private static final long PID = 4711;
  private static final long SPARE = 50;

  @TempDir private Path top;

  private Path group(String name, String procs, String limit) throws IOException {
    var group = Files.createDirectories(top.resolve(name));
    Files.writeString(group.resolve("cgroup.procs"), procs);
    Files.writeString(group.resolve("memory.max"), limit + "\n");
    Files.writeString(group.resolve("memory.current"), "900\n");
    Files.writeString(
        group.resolve("memory.stat"),
        "anon 650\ninactive_file 100\nactive_file 50\nfile_mapped 7\n");
    return group;
  }

  private static Optional<CgroupMemory> watched(Path group, Version version) {
    return CgroupMemory.tightest(group, version, PID, () -> SPARE);
  }

  @Test
  void whatTheKernelCanDropAndTheJvmHasSpareDoesNotCount() throws IOException {
    var memory = watched(group("own", "4711\n", "1000"), Version.SECOND).orElseThrow();

    assertThat(memory.used()).isEqualTo(0.7);
  }

  @Test
  void aGroupWithoutALimitIsNotWatched() throws IOException {
    assertThat(watched(group("own", "4711\n", "max"), Version.SECOND)).isEmpty();
  }

  @Test
  void aGroupThatTheWorkloadIsInIsNotWatched() throws IOException {
    assertThat(watched(group("shared", "4711\n4712\n", "1000"), Version.SECOND)).isEmpty();
  }

  @Test
  void aGroupThatHasTheWorkloadBelowIsNotWatched() throws IOException {
    group("unit", "", "1000");
    var own = group("unit/sidecar", "4711\n", "max");
    group("unit/app", "4712\n", "max");

    assertThat(watched(own, Version.SECOND)).isEmpty();
  }

  @Test
  void theTightestAboveCountsWhereNobodyElseIsInIt() throws IOException {
    group("unit", "", "1000");
    var own = group("unit/sidecar", "4711\n", "2000");

    assertThat(watched(own, Version.SECOND).orElseThrow().used()).isEqualTo(0.7);
  }

  @Test
  void versionOneTellsTheSameElsewhere() throws IOException {
    var own = Files.createDirectories(top.resolve("own"));
    Files.writeString(own.resolve("cgroup.procs"), "4711\n");
    Files.writeString(own.resolve("memory.limit_in_bytes"), "1000\n");
    Files.writeString(own.resolve("memory.usage_in_bytes"), "900\n");
    Files.writeString(
        own.resolve("memory.stat"),
        "inactive_file 1\ntotal_inactive_file 100\ntotal_active_file 50\n");

    assertThat(watched(own, Version.FIRST).orElseThrow().used()).isEqualTo(0.7);
  }

  @Test
  void theLargestNumberOfVersionOneIsNoLimit() throws IOException {
    var own = Files.createDirectories(top.resolve("own"));
    Files.writeString(own.resolve("cgroup.procs"), "4711\n");
    Files.writeString(own.resolve("memory.limit_in_bytes"), "9223372036854771712\n");

    assertThat(watched(own, Version.FIRST)).isEmpty();
  }

  @Test
  void whatCannotBeReadAnyMoreShedsNothing() throws IOException {
    var own = group("own", "4711\n", "1000");
    var memory = watched(own, Version.SECOND).orElseThrow();

    Files.delete(own.resolve("memory.current"));

    assertThat(memory.used()).isZero();
  }
}
