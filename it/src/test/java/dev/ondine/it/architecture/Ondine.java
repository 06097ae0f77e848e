package dev.ondine.it.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;

/** Ondine's own compiled classes, without tests; read once for all rules. */
final class Ondine {
  static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          // A jar's samples and generated clients are not ours to rule.
          .withImportOption(location -> !location.contains("/dev/ondine/proto/"))
          .importPackages("dev.ondine");

  private Ondine() {}

  /** Fails with every violation. A rule about a package that is still empty holds. */
  static void mustObey(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }
}
