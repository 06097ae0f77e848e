package dev.ondine.it.fuzz;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * The HTTP/1.1 codec with a fault put into its compiled classes: a request with both Content-Length
 * and Transfer-Encoding is not refused, and both go on to the origin (CL.TE smuggling).
 *
 * <p>Neither alone would do harm. The search has to find a request that holds both fields.
 */
final class PlantedFault {
  private static final String CODEC = "dev.ondine.proxy.http.http1.";

  private PlantedFault() {}

  /**
   * True if the search has found this fault, and no other: the seeds went through, and an origin
   * got both fields in one head.
   */
  static boolean isIn(Search.Result result) {
    var excerpt = String.join("\n", result.excerpt()).toLowerCase(Locale.ROOT);
    return result.bySearch()
        && excerpt.contains(OriginReading.CONTRADICTION)
        && excerpt.contains("content-length")
        && excerpt.contains("transfer-encoding");
  }

  /** The search through the faulty codec, from the target's seeds alone. */
  static Search search(Path repository) throws IOException {
    var healthy = Search.of(repository, "http1-request");
    var work = repository.resolve("target/fuzz/planted");
    empty(work);
    var classes = work.resolve("classes");
    // The one throw in parse is that for both fields: what it would throw is dropped.
    plant(
        classes,
        "FieldParser",
        "parse",
        element -> element instanceof ThrowInstruction,
        (code, _) -> code.pop());
    plant(
        classes,
        "HeadWriter",
        "fields",
        element ->
            element instanceof ConstantInstruction constant
                && constant.constantValue().equals("content-length"),
        (code, _) -> code.loadConstant("no-such-field"));
    // Without the second one that would be written now: what has one only must stay as it is.
    plant(
        classes,
        "RequestLine",
        "write",
        element ->
            element instanceof InvokeInstruction call && call.name().equalsString("contentLength"),
        (code, _) -> code.pop2());
    return new Search(
        healthy.target(),
        healthy.seeds(),
        work,
        classes + File.pathSeparator + healthy.classPath());
  }

  /** Writes the class anew, with a change in one method, which must be found exactly once. */
  private static void plant(
      Path classes, String name, String method, Predicate<CodeElement> place, CodeTransform change)
      throws IOException {
    var places = new int[1];
    CodeTransform atPlace =
        (code, element) -> {
          if (place.test(element)) {
            places[0]++;
            change.accept(code, element);
          } else {
            code.with(element);
          }
        };
    var resource = CODEC.replace('.', '/') + name + ".class";
    byte[] planted;
    try (InputStream in = PlantedFault.class.getClassLoader().getResourceAsStream(resource)) {
      var file = ClassFile.of();
      planted =
          file.transformClass(
              file.parse(Objects.requireNonNull(in, resource).readAllBytes()),
              ClassTransform.transformingMethodBodies(
                  candidate -> candidate.methodName().equalsString(method), atPlace));
    }
    if (places[0] != 1) {
      throw new IllegalStateException(
          "the fault has " + places[0] + " places in " + name + "." + method + " instead of one");
    }
    var target = classes.resolve(resource);
    Files.createDirectories(Objects.requireNonNull(target.getParent()));
    Files.write(target, planted);
  }

  private static void empty(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var files = Files.walk(folder)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
