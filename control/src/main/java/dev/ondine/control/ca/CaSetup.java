package dev.ondine.control.ca;

import dev.ondine.model.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Fills an authority's folder: with keys made here, or with those that somebody else made. */
public final class CaSetup {
  private final CaSettings settings;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Minter minter;

  public CaSetup(CaSettings settings, InstantSource clock, SecureRandom random) {
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.minter = new Minter(settings, random);
  }

  /** What a folder holds now, for people. */
  public record Summary(
      X509Certificate root, boolean rootKey, Optional<X509Certificate> intermediate) {}

  /** Makes a root in one folder and an intermediate of it in another, which gets no root key. */
  public Summary init(String trustDomain, Path offlineRoot, CaFolder folder) {
    Identity.trustDomain(trustDomain);
    var offline = CaFolder.open(offlineRoot);
    if (offline.path().equals(folder.path())) {
      throw new CaException(
          "--offline-root: " + offlineRoot + " is the folder of control (allowed: another one)");
    }
    refuseIfUsed(offline);
    refuseIfUsed(folder);
    var root = minter.root(trustDomain, clock.instant());
    write(offline, CaFolder.ROOT, root);
    write(folder, CaFolder.ROOT, new Root(root.certificate(), Optional.empty()));
    var issuer = minter.intermediate(trustDomain, root, clock.instant());
    folder.write(CaFolder.INTERMEDIATE, contents(issuer, false));
    return summary(folder);
  }

  /**
   * Makes a new intermediate with a root that is kept elsewhere.
   *
   * @return key and chain with the root, as PEM, to be imported
   */
  public String signIntermediate(Path offlineRoot) {
    var offline = CaFolder.open(offlineRoot);
    var root =
        root(offline, CaFolder.ROOT)
            .orElseThrow(
                () ->
                    new CaException(
                        "--offline-root: there is no " + offline.path().resolve(CaFolder.ROOT)));
    if (root.key().isEmpty()) {
      throw new CaException(
          "--offline-root: " + offline.path().resolve(CaFolder.ROOT) + " holds no private key");
    }
    IssuerCheck.checkRoot(root.certificate(), clock.instant());
    var issuer = minter.intermediate(trustDomainOf(root.certificate()), root, clock.instant());
    return Pem.write(contents(issuer, true));
  }

  /**
   * Takes over a file with an intermediate's key, its chain and the root; or with a root alone,
   * where a command signs.
   */
  public Summary importFile(Path file, CaFolder folder) {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new CaException(file + " cannot be read: " + e, e);
    }
    var contents = Pem.read(file.toString(), text);
    var known = root(folder, CaFolder.ROOT);
    try {
      if (contents.key().isEmpty()) {
        importRoot(contents.certificates(), known, folder);
      } else {
        importIntermediate(contents, known, folder);
      }
    } catch (CaException e) {
      throw new CaException(file + ": " + e.getMessage(), e);
    }
    return summary(folder);
  }

  private void importRoot(List<X509Certificate> roots, Optional<Root> known, CaFolder folder) {
    if (roots.size() != 1) {
      throw new CaException(
          "holds no private key and "
              + roots.size()
              + " certificates (allowed: a key with its chain, or one root alone)");
    }
    IssuerCheck.checkRoot(roots.getFirst(), clock.instant());
    refuseOther(known, roots.getFirst());
    if (known.isEmpty()) {
      write(folder, CaFolder.ROOT, new Root(roots.getFirst(), Optional.empty()));
    }
  }

  private void importIntermediate(Pem.Contents contents, Optional<Root> known, CaFolder folder) {
    var key = contents.key().orElseThrow();
    var own =
        contents.certificates().stream()
            .map(X509Certificate::getPublicKey)
            .filter(candidate -> Keys.belong(key, candidate, random))
            .findFirst()
            .orElseThrow(
                () -> new CaException("none of its certificates belongs to its private key"));
    var path = IssuerCheck.path(contents.certificates(), own);
    var last = path.getLast();
    X509Certificate root;
    List<X509Certificate> chain;
    if (IssuerCheck.isSelfIssued(last)) {
      root = last;
      chain = path.subList(0, path.size() - 1);
      if (chain.isEmpty()) {
        throw new CaException(
            "is a root with its key (allowed: an intermediate; keep the root's key elsewhere)");
      }
    } else {
      root =
          known
              .map(Root::certificate)
              .orElseThrow(
                  () ->
                      new CaException(
                          "the chain ends with one issued by '"
                              + last.getIssuerX500Principal()
                              + "', which is not in it"));
      chain = path;
    }
    var issuer = new Issuer(key, chain, root);
    IssuerCheck.check(issuer, clock.instant(), random);
    refuseOther(known, root);
    if (known.isEmpty()) {
      write(folder, CaFolder.ROOT, new Root(root, Optional.empty()));
    }
    folder.write(CaFolder.INTERMEDIATE, contents(issuer, false));
  }

  /** What is in the folder. */
  public Summary summary(CaFolder folder) {
    var root =
        root(folder, CaFolder.ROOT)
            .orElseThrow(() -> new CaException("there is no authority in " + folder.path()));
    return new Summary(
        root.certificate(),
        root.key().isPresent(),
        folder.read(CaFolder.INTERMEDIATE).map(found -> found.certificates().getFirst()));
  }

  // ---- for control's start and its upkeep ----

  Minter minter() {
    return minter;
  }

  /** The root in a file of the folder, which was checked. */
  Optional<Root> root(CaFolder folder, String name) {
    return folder
        .read(name)
        .map(
            contents -> {
              var where = folder.path().resolve(name);
              if (contents.certificates().size() != 1) {
                throw new CaException(
                    where + " holds " + contents.certificates().size() + " certificates, not one");
              }
              var certificate = contents.certificates().getFirst();
              if (contents.key().isPresent()
                  && !Keys.belong(contents.key().get(), certificate.getPublicKey(), random)) {
                throw new CaException(where + ": the key is not the certificate's");
              }
              try {
                IssuerCheck.checkRoot(certificate, clock.instant());
              } catch (CaException e) {
                throw new CaException(where + ": " + e.getMessage(), e);
              }
              return new Root(certificate, contents.key());
            });
  }

  /** The folder's root; a new one when there is none yet. */
  Root rootOrNew(CaFolder folder, String name, String trustDomain) {
    return root(folder, name)
        .orElseGet(
            () -> {
              var made = minter.root(trustDomain, clock.instant());
              write(folder, name, made);
              return made;
            });
  }

  /** The folder's intermediate of this root, which was checked; empty when there is none. */
  Optional<Issuer> issuer(CaFolder folder, Root root) {
    return folder
        .read(CaFolder.INTERMEDIATE)
        .map(
            contents -> {
              var where = folder.path().resolve(CaFolder.INTERMEDIATE);
              var key = contents.key().orElseThrow(() -> new CaException(where + " holds no key"));
              var issuer = new Issuer(key, contents.certificates(), root.certificate());
              try {
                IssuerCheck.check(issuer, clock.instant(), random);
              } catch (CaException e) {
                throw new CaException(where + ": " + e.getMessage(), e);
              }
              return issuer;
            });
  }

  /** A new intermediate of this root, written in place of the one before. */
  Issuer renew(CaFolder folder, Root root, String trustDomain) {
    var issuer = minter.intermediate(trustDomain, root, clock.instant());
    folder.write(CaFolder.INTERMEDIATE, contents(issuer, false));
    return issuer;
  }

  /** True when a third of its life is left, or four leaves' lives, half of its own at most. */
  boolean isDue(X509Certificate intermediate) {
    var begin = intermediate.getNotBefore().toInstant();
    var end = intermediate.getNotAfter().toInstant();
    var life = Duration.between(begin, end);
    var leaves = settings.leaf().multipliedBy(4);
    var ahead = longer(life.dividedBy(3), leaves);
    var half = life.dividedBy(2);
    return !clock.instant().isBefore(end.minus(ahead.compareTo(half) < 0 ? ahead : half));
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static void write(CaFolder folder, String name, Root root) {
    folder.write(name, new Pem.Contents(root.key(), List.of(root.certificate())));
  }

  private static Pem.Contents contents(Issuer issuer, boolean withRoot) {
    var certificates = new ArrayList<>(issuer.chain());
    if (withRoot) {
      certificates.add(issuer.root());
    }
    return new Pem.Contents(Optional.of(issuer.key()), certificates);
  }

  private static void refuseIfUsed(CaFolder folder) {
    if (folder.read(CaFolder.ROOT).isPresent() || folder.read(CaFolder.INTERMEDIATE).isPresent()) {
      throw new CaException(folder.path() + " holds an authority already; nothing was changed");
    }
  }

  private static void refuseOther(Optional<Root> known, X509Certificate root) {
    if (known.isPresent() && !known.get().certificate().equals(root)) {
      throw new CaException(
          "is of the root "
              + Certificates.fingerprint(root)
              + ", and the authority's is "
              + Certificates.fingerprint(known.get().certificate())
              + " (allowed: the same; another root is brought in by `ondine ca rotate-root`)");
    }
  }

  /** The trust domain that our own roots name as a URI. */
  private static String trustDomainOf(X509Certificate root) {
    try {
      var names = root.getSubjectAlternativeNames();
      if (names != null) {
        for (var name : names) {
          var text = String.valueOf(name.get(1));
          if (text.startsWith("spiffe://")) {
            return Identity.trustDomain(text.substring("spiffe://".length()));
          }
        }
      }
    } catch (CertificateParsingException e) {
      throw new CaException("the root's names cannot be read: " + e.getMessage(), e);
    }
    throw new CaException("the root names no trust domain (a URI spiffe://DOMAIN)");
  }
}
