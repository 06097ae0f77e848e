package dev.ondine.cli;

import dev.ondine.control.policy.Kind;

/** Where documents are in the admin API. */
final class DocumentPath {
  private DocumentPath() {}

  /**
   * The path of one document.
   *
   * @throws CliException where the text cannot be part of a name, and so not of a path either
   */
  static String of(Kind kind, String namespace, String name) {
    var path = "/v1/documents/" + kind.text();
    return kind.namespaced()
        ? path + "/" + checked("namespace", namespace) + "/" + checked("name", name)
        : path + "/" + checked("name", name);
  }

  private static String checked(String what, String text) {
    if (!text.matches("[a-zA-Z0-9.-]+")) {
      throw new CliException(
          ExitCode.USAGE,
          "'" + text + "' is no " + what + " (allowed: letters, digits, '-' and '.')");
    }
    return text;
  }
}
