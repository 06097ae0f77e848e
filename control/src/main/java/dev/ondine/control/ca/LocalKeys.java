package dev.ondine.control.ca;

import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys in the authority's folder, as they are used: opened, renewed, taken in anew. */
final class LocalKeys {
  private static final Logger LOG = LoggerFactory.getLogger(LocalKeys.class);

  private final CaFolder folder;
  private final CaSetup setup;
  private final String trustDomain;
  private final InstantSource clock;
  private final LocalSigner signer;
  private volatile Root root;
  private volatile Optional<String> trouble = Optional.empty();

  private LocalKeys(
      CaFolder folder,
      CaSetup setup,
      String trustDomain,
      InstantSource clock,
      Root root,
      Issuer issuer) {
    this.folder = folder;
    this.setup = setup;
    this.trustDomain = trustDomain;
    this.clock = clock;
    this.root = root;
    this.signer = new LocalSigner(setup.minter(), clock, issuer);
  }

  /**
   * Opens the folder, and fills it when it is empty and the store knows no authority.
   *
   * @param bundle what the store says to be trusted
   */
  static LocalKeys open(
      CaFolder folder,
      CaSetup setup,
      String trustDomain,
      InstantSource clock,
      Optional<Bundles.State> bundle) {
    var root = openRoot(folder, setup, trustDomain, bundle);
    var issuer = openIssuer(folder, setup, trustDomain, root);
    return new LocalKeys(
        folder, setup, trustDomain, clock, rootOf(issuer, folder, setup, root), issuer);
  }

  /** The folder's root, which must be one that the mesh trusts. */
  static Root openRoot(
      CaFolder folder, CaSetup setup, String trustDomain, Optional<Bundles.State> bundle) {
    var known = setup.root(folder, CaFolder.ROOT);
    if (known.isEmpty() && bundle.isPresent()) {
      throw new CaException(
          "the store trusts "
              + fingerprints(bundle.get())
              + ", but "
              + folder.path()
              + " holds no authority (allowed: its folder, from a backup)");
    }
    var root = known.orElseGet(() -> setup.rootOrNew(folder, CaFolder.ROOT, trustDomain));
    if (known.isEmpty()) {
      LOG.warn(
          "made an authority for {} in {}: bundle sha256:{}. Keep a copy of that folder; its root's"
              + " key can be kept offline instead (`ondine ca init --offline-root`)",
          trustDomain,
          folder.path(),
          Certificates.hex(Certificates.bundleHash(List.of(root.certificate()))));
    }
    checkDomain(root.certificate(), trustDomain);
    if (bundle.isEmpty() || bundle.get().bundle().roots().contains(root.certificate())) {
      return root;
    }
    // A rotation that was interrupted between its last two steps.
    var next = setup.root(folder, CaFolder.NEXT_ROOT);
    if (next.isPresent() && bundle.get().bundle().roots().contains(next.get().certificate())) {
      folder.rename(CaFolder.NEXT_ROOT, CaFolder.ROOT);
      return next.get();
    }
    throw new CaException(
        folder.path().resolve(CaFolder.ROOT)
            + " is "
            + Certificates.fingerprint(root.certificate())
            + ", and the store trusts "
            + fingerprints(bundle.get())
            + " (allowed: one that the store trusts, or an empty store)");
  }

  private static Issuer openIssuer(CaFolder folder, CaSetup setup, String trustDomain, Root root) {
    var written = folder.read(CaFolder.INTERMEDIATE);
    if (root.key().isPresent()
        && (written.isEmpty() || setup.isDue(written.get().certificates().getFirst()))) {
      return setup.renew(folder, rootFor(folder, setup, root, written), trustDomain);
    }
    if (written.isEmpty()) {
      throw new CaException(
          folder.path()
              + " holds a root without its key, and no intermediate (allowed: one made by `ondine"
              + " ca sign-intermediate` and taken over by `ondine ca import`)");
    }
    return setup.issuer(folder, rootFor(folder, setup, root, written)).orElseThrow();
  }

  /** During a rotation the intermediate may be of the next root already. */
  private static Root rootFor(
      CaFolder folder, CaSetup setup, Root root, Optional<Pem.Contents> written) {
    if (written.isEmpty()) {
      return root;
    }
    var last = written.get().certificates().getLast().getIssuerX500Principal();
    if (last.equals(root.certificate().getSubjectX500Principal())) {
      return root;
    }
    return setup
        .root(folder, CaFolder.NEXT_ROOT)
        .filter(next -> next.certificate().getSubjectX500Principal().equals(last))
        .orElse(root);
  }

  private static Root rootOf(Issuer issuer, CaFolder folder, CaSetup setup, Root root) {
    return issuer.root().equals(root.certificate())
        ? root
        : setup.root(folder, CaFolder.NEXT_ROOT).orElse(root);
  }

  LocalSigner signer() {
    return signer;
  }

  /** The root that issues now. */
  Root root() {
    return root;
  }

  Path path() {
    return folder.path();
  }

  /** Issues from another root's intermediate, made now. */
  void issueFrom(Root next) {
    signer.use(setup.renew(folder, next, trustDomain));
    root = next;
  }

  /** Takes in an intermediate that was imported, and renews the own one when it is due. */
  void keep(boolean mayRenew) {
    try {
      var written = folder.read(CaFolder.INTERMEDIATE);
      if (written.isPresent() && !written.get().certificates().equals(signer.issuer().chain())) {
        signer.use(setup.issuer(folder, root).orElseThrow());
        LOG.info("took over the imported {}", signer.issuer());
      }
      if (mayRenew && root.key().isPresent() && setup.isDue(signer.issuer().certificate())) {
        signer.use(setup.renew(folder, root, trustDomain));
        LOG.info("renewed the {}", signer.issuer());
      }
      trouble = Optional.empty();
    } catch (CaException e) {
      if (!trouble.equals(Optional.ofNullable(e.getMessage()))) {
        LOG.error("the authority's keys cannot be renewed: {}", e.getMessage());
      }
      trouble = Optional.ofNullable(e.getMessage());
    }
  }

  /** What an operator must see to. */
  Optional<String> alarm() {
    var intermediate = signer.issuer().certificate();
    if (trouble.isPresent()) {
      return trouble;
    }
    if (root.key().isEmpty() && setup.isDue(intermediate)) {
      var end = intermediate.getNotAfter().toInstant();
      return Optional.of(
          "the intermediate "
              + (clock.instant().isAfter(end) ? "ended " : "ends ")
              + end
              + " and its root's key is not here: `ondine ca sign-intermediate` where the root is,"
              + " `ondine ca import` here");
    }
    return Optional.empty();
  }

  private static void checkDomain(X509Certificate root, String trustDomain) {
    try {
      var names = root.getSubjectAlternativeNames();
      if (names == null) {
        return; // a foreign one, which names no domain
      }
      for (var name : names) {
        var text = String.valueOf(name.get(1));
        if (text.startsWith("spiffe://") && !text.equals("spiffe://" + trustDomain)) {
          throw new CaException(
              "the root is of " + text + ", and control's --trust-domain is " + trustDomain);
        }
      }
    } catch (CertificateParsingException e) {
      throw new CaException("the root's names cannot be read: " + e.getMessage(), e);
    }
  }

  private static String fingerprints(Bundles.State state) {
    return state.bundle().roots().stream().map(Certificates::fingerprint).toList().toString();
  }
}
