package dev.ondine.proxy.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Asks the handshake that an engine makes whether it takes the peer. Confined to its loop.
 *
 * <p>All a trust manager is told is the engine, so that a handshake's number is where an engine
 * keeps the peer's port, which it needs for nothing else.
 */
final class MeshTrust extends X509ExtendedTrustManager {
  private final Map<Integer, MeshHandshake> handshakes = new HashMap<>();
  private int last;

  /** The number to give to the handshake's engine. */
  int begin(MeshHandshake handshake) {
    last = last == Integer.MAX_VALUE ? 1 : last + 1; // the first is over by then
    handshakes.put(last, handshake);
    return last;
  }

  void end(int number) {
    handshakes.remove(number);
  }

  private void check(X509Certificate[] chain, SSLEngine engine) throws CertificateException {
    var handshake = handshakes.get(engine.getPeerPort());
    if (handshake == null) {
      throw new CertificateException("nobody has begun a handshake " + engine.getPeerPort());
    }
    handshake.check(List.of(chain));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, engine);
  }

  // ---- without an engine nothing is known of who is expected
  // --------------------------------------

  private static CertificateException unknown() {
    return new CertificateException("a handshake without its engine cannot be judged");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw unknown();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw unknown();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw unknown();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw unknown();
  }

  /** None are named to the peer: it has one certificate, and shows it. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
