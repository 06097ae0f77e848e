package dev.ondine.control.ca;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ondine.model.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An authority elsewhere, asked by a program: it gets the SPIFFE ID as its argument and the request
 * as PEM on its standard input, and prints the chain as PEM.
 *
 * <p>The program is not trusted to be right: what it prints is handed out only when it is exactly
 * what was asked for.
 */
final class SigningCommand implements Signer {
  private static final Logger LOG = LoggerFactory.getLogger(SigningCommand.class);
  private static final int MAX_OUTPUT = 256 << 10;
  private static final int MAX_ERRORS = 2_000;
  private static final long KILL_SECONDS = 2;

  private final Path program;
  private final SvidVerifier verifier;
  private final CaSettings settings;
  private final InstantSource clock;
  private final Semaphore running;

  SigningCommand(Path program, SvidVerifier verifier, CaSettings settings, InstantSource clock) {
    this.program = program;
    this.verifier = verifier;
    this.settings = settings;
    this.clock = clock;
    this.running = new Semaphore(settings.maxCommands());
  }

  @Override
  public List<X509Certificate> sign(SigningRequest request, Identity identity)
      throws RefusedException {
    try {
      if (!running.tryAcquire(settings.command().toMillis(), TimeUnit.MILLISECONDS)) {
        throw failed("all " + settings.maxCommands() + " signing commands are busy");
      }
      try {
        var output = run(request, identity);
        return check(Pem.read("the output of " + program, output), request, identity);
      } catch (CaException e) {
        throw failed(String.valueOf(e.getMessage()));
      } finally {
        running.release();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw failed("interrupted");
    }
  }

  private String run(SigningRequest request, Identity identity)
      throws RefusedException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(program.toString(), identity.spiffeId()).start();
    } catch (IOException e) {
      throw failed(program + " cannot be started: " + e.getMessage());
    }
    try {
      var output = new Output(process.getInputStream(), MAX_OUTPUT);
      var errors = new Output(process.getErrorStream(), MAX_ERRORS);
      try (var stdin = process.getOutputStream()) {
        stdin.write(Pem.text("CERTIFICATE REQUEST", request.der()).getBytes(US_ASCII));
      } catch (IOException e) {
        LOG.debug("{} did not read its input", program, e);
      }
      if (!process.waitFor(settings.command().toMillis(), TimeUnit.MILLISECONDS)) {
        throw failed(program + " did not end within " + settings.command().toMillis() + " ms");
      }
      var said = errors.await(settings.command());
      if (process.exitValue() != 0) {
        throw failed(program + " ended with status " + process.exitValue() + ": " + said.strip());
      }
      return output.await(settings.command());
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor(KILL_SECONDS, TimeUnit.SECONDS);
    }
  }

  private List<X509Certificate> check(
      Pem.Contents output, SigningRequest request, Identity identity) throws RefusedException {
    if (output.key().isPresent()) {
      throw failed(program + " printed a private key");
    }
    var chain =
        output.certificates().stream()
            .filter(one -> !IssuerCheck.isSelfIssued(one) || one.getBasicConstraints() < 0)
            .toList();
    if (chain.isEmpty()) {
      throw failed(program + " printed no certificate");
    }
    var leaf = chain.getFirst();
    try {
      for (var use : SvidVerifier.Use.values()) {
        var named = verifier.verify(chain, use);
        if (!named.equals(identity)) {
          throw failed(program + " signed for " + named + " instead of " + identity);
        }
      }
    } catch (CertificateException e) {
      throw failed(program + " printed a chain that nobody would believe: " + e.getMessage());
    }
    if (!leaf.getPublicKey().equals(request.key())) {
      throw failed(program + " signed another key than the one asked for");
    }
    var latest = clock.instant().plus(settings.leaf()).plus(settings.backdate());
    if (leaf.getNotAfter().toInstant().isAfter(latest)) {
      throw failed(
          program
              + " signed until "
              + leaf.getNotAfter().toInstant()
              + ", longer than leaves live ("
              + settings.leaf()
              + ")");
    }
    return chain;
  }

  private static RefusedException failed(String why) {
    LOG.error("delegated signing failed: {}", why);
    return new RefusedException(Refusal.CANNOT_SIGN, "delegated signing failed: " + why);
  }

  /** What a process prints, read by a thread of its own up to a bound. */
  private static final class Output {
    private final Thread reader;
    private volatile String text = "";

    Output(InputStream from, int most) {
      reader =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (from) {
                      text = new String(from.readNBytes(most), UTF_8);
                    } catch (IOException e) {
                      LOG.debug("output ends", e);
                    }
                  });
    }

    String await(Duration most) throws InterruptedException {
      reader.join(most); // a grandchild may hold the pipe open
      return text;
    }
  }
}
