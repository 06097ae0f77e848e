package dev.ondine.control.ca;

import dev.ondine.model.Identity;
import dev.ondine.model.InvalidResourceException;

/**
 * Which identities the processes of one user may ask for.
 *
 * @param namespace or {@code *} for any
 * @param serviceAccount or {@code *} for any
 */
public record LocalIdentity(int uid, String namespace, String serviceAccount) {
  private static final String ANY = "*";
  private static final String ALLOWED =
      " (allowed: UID=NAMESPACE/SERVICE-ACCOUNT, each of the two names or *)";

  public LocalIdentity {
    if (uid < 0) {
      throw new IllegalArgumentException("uid " + uid);
    }
  }

  /** A user who may be anybody. */
  public static LocalIdentity anybody(int uid) {
    return new LocalIdentity(uid, ANY, ANY);
  }

  /**
   * Reads {@code UID=NAMESPACE/SERVICE-ACCOUNT}.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static LocalIdentity parse(String text) {
    var equals = text.indexOf('=');
    var slash = text.indexOf('/', equals + 1);
    if (equals < 1 || slash < 0) {
      throw new IllegalArgumentException("'" + text + "' is no rule" + ALLOWED);
    }
    var namespace = text.substring(equals + 1, slash);
    var account = text.substring(slash + 1);
    try {
      // The domain stands for any: only the names are checked.
      var _ =
          new Identity(
              "x", namespace.equals(ANY) ? "x" : namespace, account.equals(ANY) ? "x" : account);
      return new LocalIdentity(Integer.parseInt(text.substring(0, equals)), namespace, account);
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException("'" + text.substring(0, equals) + "' is no uid" + ALLOWED);
    } catch (InvalidResourceException e) {
      throw new IllegalArgumentException("'" + text + "': " + e.getMessage() + ALLOWED, e);
    }
  }

  boolean allows(int asking, Identity claimed) {
    return uid == asking
        && (namespace.equals(ANY) || namespace.equals(claimed.namespace()))
        && (serviceAccount.equals(ANY) || serviceAccount.equals(claimed.serviceAccount()));
  }
}
