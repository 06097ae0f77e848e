package dev.ondine.control.policy;

import dev.ondine.base.config.Durations;
import dev.ondine.control.policy.Tree.Scalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * An object within a document, whose fields are read one by one. What is wrong with a field becomes
 * a fault and reads as absent; what was never asked for does not exist.
 */
final class Section {
  private final Faults faults;
  private final String path;
  private final Tree.Mapping mapping;
  private final Map<String, Tree> fields = new HashMap<>();
  private final TreeSet<String> known = new TreeSet<>();

  /**
   * @param path of the object, empty for the document itself
   */
  Section(Faults faults, String path, Tree.Mapping mapping) {
    this.faults = faults;
    this.path = path;
    this.mapping = mapping;
    var lines = new HashMap<String, Integer>();
    for (var field : mapping.fields()) {
      var first = lines.putIfAbsent(field.name(), field.line());
      if (first == null) {
        fields.put(field.name(), field.value());
      } else {
        faults.add(
            field.line(), at(field.name()), "", "is there twice, first in line " + first, "");
      }
    }
  }

  int line() {
    return mapping.line();
  }

  /** To be called last: fields that nothing read are faults. */
  void end() {
    for (var field : mapping.fields()) {
      if (!known.contains(field.name())) {
        faults.add(
            field.line(),
            at(field.name()),
            field.name(),
            "there is no field '" + field.name() + "'" + Faults.suggestion(field.name(), known),
            Faults.list(known));
      }
    }
  }

  /** A field that must be there; {@code otherwise} where it is not, or is wrong. */
  <T> T required(String name, Optional<T> value, T otherwise) {
    if (!fields.containsKey(name) || isNull(fields.get(name))) {
      faults.add(line(), at(name), "", "is missing", "");
    }
    return value.orElse(otherwise);
  }

  /** A text. */
  Optional<String> text(String name) {
    return scalar(name, Scalar.Type.TEXT, "text; in quotes where it looks like something else")
        .map(Scalar::text);
  }

  /** A name as DNS allows. */
  Optional<String> name(String name) {
    return text(name).filter(text -> isName(find(name).orElseThrow(), at(name), text));
  }

  private boolean isName(Tree tree, String at, String text) {
    if (Words.isName(text)) {
      return true;
    }
    faults.add(tree, at, "'" + tree.shown() + "' is no name", Words.NAMES);
    return false;
  }

  /** An IP address. */
  Optional<String> address(String name) {
    return text(name).filter(text -> isAddress(find(name).orElseThrow(), at(name), text));
  }

  private boolean isAddress(Tree tree, String at, String text) {
    if (IpLiterals.isOne(text)) {
      return true;
    }
    faults.add(
        tree,
        at,
        "'" + tree.shown() + "' is not an IP address",
        "an IPv4 or IPv6 address, such as 10.1.2.3 or fd00::1");
    return false;
  }

  /** A whole number. */
  Optional<Integer> integer(String name, int least, int most) {
    return number(name, least, most).map(Math::toIntExact);
  }

  /** A whole number. */
  Optional<Long> number(String name, long least, long most) {
    var allowed = "a whole number, " + least + " to " + most;
    var scalar = scalar(name, Scalar.Type.NUMBER, allowed);
    if (scalar.isEmpty()) {
      return Optional.empty();
    }
    var text = scalar.get().text();
    var whole = text.matches("-?[0-9]{1,18}");
    if (whole) {
      var number = Long.parseLong(text);
      if (number >= least && number <= most) {
        return Optional.of(number);
      }
    }
    var what = whole ? "' is out of range" : "' is not a whole number";
    faults.add(scalar.get(), at(name), "'" + scalar.get().shown() + what, allowed);
    return Optional.empty();
  }

  /** True or false. */
  Optional<Boolean> truth(String name) {
    return scalar(name, Scalar.Type.TRUTH, "true, false")
        .map(scalar -> scalar.text().equals("true"));
  }

  /** A duration. */
  Optional<Duration> duration(String name, Duration least) {
    var scalar = find(name).filter(Scalar.class::isInstance).map(Scalar.class::cast);
    if (scalar.isEmpty()) {
      return scalar(name, Scalar.Type.TEXT, Durations.ALLOWED).map(_ -> least); // a list: a fault
    }
    try {
      var duration = Durations.parse(scalar.get().text());
      if (duration.compareTo(least) >= 0) {
        return Optional.of(duration);
      }
      faults.add(
          scalar.get(),
          at(name),
          "'" + scalar.get().shown() + "' is too short",
          Durations.format(least) + " or longer");
    } catch (IllegalArgumentException _) {
      var message = "'" + scalar.get().shown() + "' is not a duration";
      faults.add(scalar.get(), at(name), message, Durations.ALLOWED);
    }
    return Optional.empty();
  }

  /** One of a few words, in any letter case. */
  <E> Optional<E> choice(String name, Map<String, E> words) {
    var allowed = Faults.list(words.keySet());
    var scalar = scalar(name, Scalar.Type.TEXT, allowed);
    if (scalar.isEmpty()) {
      return Optional.empty();
    }
    var word = scalar.get().text();
    var found =
        words.entrySet().stream()
            .filter(choice -> choice.getKey().equalsIgnoreCase(word))
            .map(Map.Entry::getValue)
            .findFirst();
    if (found.isEmpty()) {
      faults.add(
          scalar.get(),
          at(name),
          "'" + scalar.get().shown() + "' is not known" + Faults.suggestion(word, words.keySet()),
          allowed);
    }
    return found;
  }

  /** An object. */
  Optional<Section> section(String name) {
    return find(name).flatMap(tree -> section(tree, at(name)));
  }

  /** A list of objects; empty where it is not there. */
  List<Section> sections(String name) {
    var sections = new ArrayList<Section>();
    var items = items(name, "a list of objects");
    for (var i = 0; i < items.size(); i++) {
      section(items.get(i), at(name) + "[" + i + "]").ifPresent(sections::add);
    }
    return sections;
  }

  /** A list of names; empty where it is not there. */
  List<String> names(String name) {
    var names = new ArrayList<String>();
    var items = items(name, "a list of names");
    for (var i = 0; i < items.size(); i++) {
      var at = at(name) + "[" + i + "]";
      if (items.get(i) instanceof Scalar scalar && scalar.type() == Scalar.Type.TEXT) {
        if (isName(scalar, at, scalar.text())) {
          names.add(scalar.text());
        }
      } else {
        faults.add(items.get(i), at, "is " + items.get(i).what() + ", not a name", Words.NAMES);
      }
    }
    return names;
  }

  /** An object of texts; empty where it is not there. */
  Map<String, String> texts(String name) {
    var texts = new LinkedHashMap<String, String>();
    section(name)
        .ifPresent(
            section ->
                section
                    .mapping
                    .fields()
                    .forEach(
                        field ->
                            section.text(field.name()).ifPresent(t -> texts.put(field.name(), t))));
    return texts;
  }

  /** A fault of a field. */
  void refuse(String name, String message, String allowed) {
    faults.add(find(name).orElse(mapping), at(name), message, allowed);
  }

  private Optional<Section> section(Tree tree, String at) {
    if (tree instanceof Tree.Mapping object) {
      return Optional.of(new Section(faults, at, object));
    }
    faults.add(tree, at, "is " + tree.what() + ", not an object", "an object");
    return Optional.empty();
  }

  private List<Tree> items(String name, String allowed) {
    var tree = find(name);
    if (tree.isEmpty()) {
      return List.of();
    }
    if (tree.get() instanceof Tree.Sequence(_, var items)) {
      return items;
    }
    faults.add(tree.get(), at(name), "is " + tree.get().what() + ", not a list", allowed);
    return List.of();
  }

  private Optional<Scalar> scalar(String name, Scalar.Type type, String allowed) {
    var tree = find(name);
    if (tree.isEmpty()) {
      return Optional.empty();
    }
    if (tree.get() instanceof Scalar scalar && scalar.type() == type) {
      return Optional.of(scalar);
    }
    var shown = tree.get().shown();
    faults.add(
        tree.get(),
        at(name),
        (shown.isEmpty() ? "" : "'" + shown + "' ")
            + "is "
            + tree.get().what()
            + ", not "
            + Words.noun(type),
        allowed);
    return Optional.empty();
  }

  /** The field's value; an empty one is as good as none. */
  private Optional<Tree> find(String name) {
    known.add(name);
    return Optional.ofNullable(fields.get(name)).filter(tree -> !isNull(tree));
  }

  private static boolean isNull(Tree tree) {
    return tree instanceof Scalar scalar && scalar.type() == Scalar.Type.NULL;
  }

  private String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
