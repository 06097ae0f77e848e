package dev.ondine.model;

import java.util.regex.Pattern;

/**
 * Who a workload is: the parts of a SPIFFE ID {@code spiffe://TRUST-DOMAIN/ns/NS/sa/SA}, never
 * joined for matching.
 *
 * @param trustDomain lower case, as the SPIFFE ID standard wants it (section 2.1)
 */
public record Identity(String trustDomain, String namespace, String serviceAccount) {
  /** Control's own namespace: nobody else gets a certificate in it. */
  public static final String SYSTEM_NAMESPACE = "ondine-system";

  private static final String CONTROL = "control";
  private static final String SCHEME = "spiffe://";

  /** What SPIFFE allows a whole ID to have, in bytes (SPIFFE-ID, section 2.3). */
  private static final int MAX_LENGTH = 2048;

  // A fixed pattern of ours with bounded input, linear by construction: no RE2 needed.
  private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");

  public Identity {
    trustDomain(trustDomain);
    Names.label("identity.namespace", namespace);
    Names.label("identity.serviceAccount", serviceAccount);
  }

  /** Who control is in this trust domain. */
  public static Identity ofControl(String trustDomain) {
    return new Identity(trustDomain, SYSTEM_NAMESPACE, CONTROL);
  }

  /**
   * Checks a trust domain's spelling.
   *
   * @throws InvalidResourceException when it has another
   */
  public static String trustDomain(String value) {
    if (!TRUST_DOMAIN.matcher(value).matches()) {
      throw new InvalidResourceException(
          "identity.trustDomain",
          "'"
              + value
              + "' is no trust domain: lower-case letters, digits, '.', '-' and '_', 1 to 255"
              + " characters");
    }
    return value;
  }

  /**
   * Reads a SPIFFE ID of this mesh's form. Nothing is brought into another spelling: what is
   * written otherwise is another name.
   *
   * @throws InvalidResourceException when it is none, with the reason
   */
  public static Identity parse(String spiffeId) {
    if (spiffeId.length() > MAX_LENGTH) {
      throw wrong(spiffeId.substring(0, 100) + "…", "is longer than " + MAX_LENGTH + " characters");
    }
    if (!spiffeId.startsWith(SCHEME)) {
      throw wrong(spiffeId, "does not begin with " + SCHEME);
    }
    var parts = spiffeId.substring(SCHEME.length()).split("/", -1);
    if (parts.length != 5 || !parts[1].equals("ns") || !parts[3].equals("sa")) {
      throw wrong(spiffeId, "is not of the form spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT");
    }
    return new Identity(parts[0], parts[2], parts[4]);
  }

  private static InvalidResourceException wrong(String spiffeId, String why) {
    return new InvalidResourceException("identity", "'" + spiffeId + "' " + why);
  }

  /** The SPIFFE ID as a URI. */
  public String spiffeId() {
    return SCHEME + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
  }

  /** The same as {@link #spiffeId}. */
  @Override
  public String toString() {
    return spiffeId();
  }
}
