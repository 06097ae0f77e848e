package dev.ondine.control.store;

import java.util.HashSet;
import java.util.List;

/**
 * Changes that happen all at once, at one revision, provided that all conditions hold.
 *
 * @param operations each of another key
 */
public record Transaction(List<Compare> conditions, List<Op> operations) {
  /** How many operations, and how many conditions, one transaction may have. */
  public static final int MAX_OPERATIONS = 10_000;

  /** The longest key, in characters. */
  public static final int MAX_KEY = 512;

  /** The longest value, in bytes. */
  public static final int MAX_VALUE = 1 << 20;

  /** Rejects what no store takes. */
  public Transaction {
    conditions = List.copyOf(conditions);
    operations = List.copyOf(operations);
    if (conditions.size() > MAX_OPERATIONS || operations.size() > MAX_OPERATIONS) {
      throw new IllegalArgumentException(
          "a transaction has at most " + MAX_OPERATIONS + " conditions and operations");
    }
    var keys = new HashSet<String>();
    for (var operation : operations) {
      check(operation);
      if (!keys.add(operation.key())) {
        throw new IllegalArgumentException(
            "a transaction changes each key once, not twice: " + operation.key());
      }
    }
  }

  /** Without conditions. */
  public static Transaction of(Op... operations) {
    return new Transaction(List.of(), List.of(operations));
  }

  private static void check(Op operation) {
    var key = operation.key();
    if (key.isEmpty() || key.length() > MAX_KEY || key.chars().anyMatch(c -> c < '!' || c > '~')) {
      throw new IllegalArgumentException(
          "'" + key + "' is no key: 1 to " + MAX_KEY + " printable ASCII characters, no space");
    }
    switch (operation) {
      case Op.Put(_, var value, _) -> {
        if (value.size() > MAX_VALUE) {
          throw new IllegalArgumentException(
              "the value of " + key + " has " + value.size() + " bytes, more than " + MAX_VALUE);
        }
      }
      case Op.Delete _ -> {}
    }
  }
}
