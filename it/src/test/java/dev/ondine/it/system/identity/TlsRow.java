package dev.ondine.it.system.identity;

import dev.ondine.testkit.tls.TestAuthority;
import dev.ondine.testkit.tls.TestAuthority.Issued;
import dev.ondine.testkit.tls.TestAuthority.Leaf;
import java.util.List;

/**
 * T25: one certificate that is not to be taken, and the reason that is to be told.
 *
 * @param name lower case, with underscores
 * @param reason as metrics and answers say it
 */
record TlsRow(String name, String reason, Issued shown) {
  /**
   * What neither side may show, whoever it says to be.
   *
   * @param authority the mesh's own: but for what the row is about, the certificate is right
   */
  static List<TlsRow> forBoth(TestAuthority authority, TestAuthority other, String uri) {
    return List.of(
        row("expired", "expired", authority.leaf(uri).expired()),
        row("not_yet_valid", "not_yet_valid", authority.leaf(uri).notYetValid()),
        row("two_uris", "several_names", authority.leaf(uri).uri(uri + "-too")),
        row("no_san", "no_name", authority.leaf(uri).unnamed()),
        row("dns_san_only", "no_name", authority.leaf(uri).unnamed().dns("orders.default")),
        row("ca_leaf", "ca_certificate", authority.leaf(uri).authority()),
        row("signs_certificates", "ca_certificate", authority.leaf(uri).keyCertSign()),
        row("other_root", "unknown_issuer", other.leaf(uri)),
        row("self_signed", "unknown_issuer", authority.leaf(uri).selfSigned()),
        row("issuer_not_shown", "unknown_issuer", authority.leaf(uri).shownWith(1)),
        row(
            "wrong_domain",
            "wrong_trust_domain",
            authority.leaf(uri.replace("mesh.local", "elsewhere.local"))),
        row(
            "upper_case_domain",
            "malformed_name",
            authority.leaf(uri.replace("mesh.local", "MESH.LOCAL"))),
        row("query_in_name", "malformed_name", authority.leaf(uri + "?admin")),
        row("rsa_1024", "weak_key", authority.leaf(uri).rsa(1_024)),
        row("six_certificates", "chain_too_long", authority.leaf(uri).shownWith(6)));
  }

  static TlsRow row(String name, String reason, Leaf leaf) {
    return new TlsRow(name, reason, leaf.issue());
  }

  /** The same row with what is right instead, which nobody refuses. */
  TlsRow showing(Issued other) {
    return new TlsRow(name, reason, other);
  }
}
