package dev.ondine.control.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/**
 * Reads the texts that users write: YAML with any number of documents, or JSON with one value or
 * more; a list stands for its documents.
 *
 * <p>All faults of a text are found in one go. What documents say of each other is not looked at
 * beyond that none is there twice.
 */
public final class DocumentReader {
  /** The longest text. */
  public static final int MAX_CHARACTERS = 4 * 1024 * 1024;

  /** The longest document, as JSON. */
  static final int MAX_DOCUMENT = 256 * 1024;

  private static final List<String> KINDS = Arrays.stream(Kind.values()).map(Kind::text).toList();

  /**
   * All documents of the text, in its order.
   *
   * @param source the file, or what the text is to be called in messages
   * @throws InvalidDocumentsException with every fault in it
   */
  public List<SourcedDocument> read(String source, String text) {
    var faults = new Faults(source);
    var documents = new ArrayList<SourcedDocument>();
    for (var tree : trees(text, faults)) {
      read(source, tree, faults).ifPresent(documents::add);
    }
    if (documents.isEmpty() && faults.count() == 0) {
      faults.add(0, "", "", "there is no document in it", "one document or more");
    }
    refuseTwice(documents, faults);
    if (faults.count() > 0) {
      throw new InvalidDocumentsException(faults.problems());
    }
    return documents;
  }

  private static List<Tree> trees(String text, Faults faults) {
    if (text.length() > MAX_CHARACTERS) {
      var message = "the text has " + text.length() + " characters";
      faults.add(0, "", "", message, "at most " + MAX_CHARACTERS);
      return List.of();
    }
    var trees = new ArrayList<Tree>();
    for (var tree :
        JsonText.isLikely(text) ? JsonText.read(text, faults) : YamlText.read(text, faults)) {
      switch (tree) {
        case Tree.Sequence(_, var items) -> trees.addAll(items);
        case Tree.Scalar scalar when scalar.type() == Tree.Scalar.Type.NULL -> {} // between "---"
        case Tree.Scalar _, Tree.Mapping _ -> trees.add(tree);
      }
    }
    return trees;
  }

  private static Optional<SourcedDocument> read(String source, Tree tree, Faults faults) {
    if (!(tree instanceof Tree.Mapping mapping)) {
      faults.add(
          tree,
          "",
          "'" + tree.shown() + "' is no document",
          "an object with apiVersion," + " kind, metadata, spec");
      return Optional.empty();
    }
    var before = faults.count();
    var section = new Section(faults, "", mapping);
    var version = section.required("apiVersion", section.text("apiVersion"), Kind.API_VERSION);
    if (!version.equals(Kind.API_VERSION)) {
      section.refuse("apiVersion", "'" + version + "' is not known", Kind.API_VERSION);
    }
    var kind = section.required("kind", section.text("kind"), "");
    var known = Kind.of(kind);
    if (known.isEmpty()) {
      if (!kind.isEmpty()) {
        var message = "'" + kind + "' is no kind" + Faults.suggestion(kind, KINDS);
        section.refuse("kind", message, Faults.list(KINDS));
      }
      return Optional.empty();
    }
    var json = JsonText.write(mapping).toString();
    if (json.length() > MAX_DOCUMENT) {
      var message = "the document has " + json.length() + " characters as JSON";
      faults.add(mapping, "", message, "at most " + MAX_DOCUMENT);
    }
    var document = DocumentKinds.read(known.get(), section, faults);
    section.end();
    return faults.count() > before
        ? Optional.empty()
        : document.map(d -> new SourcedDocument(d, json, source, mapping.line()));
  }

  private static void refuseTwice(List<SourcedDocument> documents, Faults faults) {
    var lines = new HashMap<DocumentKey, Integer>();
    for (var document : documents) {
      var key = document.document().key();
      var first = lines.putIfAbsent(key, document.line());
      if (first != null) {
        faults.add(
            document.line(),
            "metadata.name",
            key.name(),
            key + " is there twice, first in line " + first,
            "");
      }
    }
  }
}
