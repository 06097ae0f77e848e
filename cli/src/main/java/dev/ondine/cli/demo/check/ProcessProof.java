package dev.ondine.cli.demo.check;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Reads from /proc whether a process knows of the mesh. What cannot be read is an exception. */
public final class ProcessProof {
  private final Path proc;
  private final List<String> words;

  /**
   * @param proc where procfs is mounted
   * @param words what names the mesh, in any letter case
   */
  public ProcessProof(Path proc, List<String> words) {
    this.proc = proc;
    this.words = words.stream().map(word -> word.toLowerCase(Locale.ROOT)).toList();
  }

  /**
   * Everything in a process that names the mesh: an argument, a variable of its environment, an
   * open or mapped file, its program or its working directory; or a pipe or socket that it shares
   * with a process of the mesh.
   *
   * @param meshInodes of the mesh's processes, see {@link #pipesAndSockets}
   */
  public List<String> findings(long pid, Set<String> meshInodes) throws IOException {
    var findings = new ArrayList<String>();
    find(pid, "argument", zeroSeparated(pid, "cmdline"), findings);
    find(pid, "environment", zeroSeparated(pid, "environ"), findings);
    find(pid, "open file", links(pid), findings);
    find(pid, "mapped file", mappedFiles(pid), findings);
    find(pid, "program", Stream.of(link(pid, "exe")), findings);
    find(pid, "working directory", Stream.of(link(pid, "cwd")), findings);
    var shared = new TreeSet<>(pipesAndSockets(pid));
    shared.retainAll(meshInodes);
    shared.forEach(inode -> findings.add("pid " + pid + ": shares " + inode));
    return findings;
  }

  private void find(long pid, String what, Stream<String> texts, List<String> findings) {
    texts
        .filter(text -> words.stream().anyMatch(text.toLowerCase(Locale.ROOT)::contains))
        .forEach(text -> findings.add("pid " + pid + ": " + what + " '" + text + "'"));
  }

  /** The pipes and sockets that a process has open. */
  public Set<String> pipesAndSockets(long pid) throws IOException {
    var inodes = new HashSet<String>();
    links(pid)
        .filter(link -> link.startsWith("pipe:") || link.startsWith("socket:"))
        .forEach(inodes::add);
    return inodes;
  }

  /** The processes of a session: a workload's process and all that it started. */
  public List<Long> session(long id) throws IOException {
    var members = new ArrayList<Long>();
    for (var pid : pids()) {
      if (sessionOf(pid) == id) {
        members.add(pid);
      }
    }
    return members;
  }

  private List<Long> pids() throws IOException {
    try (var entries = Files.list(proc)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.chars().allMatch(c -> c >= '0' && c <= '9'))
          .map(Long::valueOf)
          .sorted()
          .toList();
    }
  }

  /** The sixth field of {@code stat}; the second, a name in parentheses, may hold anything. */
  private long sessionOf(long pid) throws IOException {
    try {
      var stat = Files.readString(file(pid, "stat"), ISO_8859_1);
      return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5)[3]);
    } catch (NoSuchFileException _) {
      return -1; // it ended meanwhile
    }
  }

  private Stream<String> zeroSeparated(long pid, String name) throws IOException {
    return Stream.of(Files.readString(file(pid, name), ISO_8859_1).split("\0", -1));
  }

  private Stream<String> links(long pid) throws IOException {
    var targets = new ArrayList<String>();
    try (var links = Files.list(file(pid, "fd"))) {
      for (var link : links.toList()) {
        try {
          targets.add(Files.readSymbolicLink(link).toString());
        } catch (NoSuchFileException _) {
          // closed meanwhile
        }
      }
    }
    return targets.stream();
  }

  private String link(long pid, String name) throws IOException {
    return Files.readSymbolicLink(file(pid, name)).toString();
  }

  /** Lines of {@code maps} end with the path, if there is one. */
  private Stream<String> mappedFiles(long pid) throws IOException {
    return Files.readString(file(pid, "maps"), ISO_8859_1)
        .lines()
        .filter(line -> line.indexOf('/') >= 0)
        .map(line -> line.substring(line.indexOf('/')))
        .distinct();
  }

  private Path file(long pid, String name) {
    return proc.resolve(Long.toString(pid)).resolve(name);
  }
}
