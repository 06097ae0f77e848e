package dev.ondine.proxy.tls;

import dev.ondine.proxy.http.ConnectionInfo.Direction;
import java.net.SocketAddress;

/** Told how handshakes between sidecars end. Called on all loops. */
public interface MeshHandshakes {
  /** Nobody is told. */
  MeshHandshakes UNSEEN =
      new MeshHandshakes() {
        @Override
        public void completed(Direction direction) {}

        @Override
        public void failed(
            Direction direction, SocketAddress peer, TlsFailure failure, String detail) {}
      };

  /** Both sides know each other. */
  void completed(Direction direction);

  /**
   * They do not.
   *
   * @param direction outbound: this side connected
   * @param detail what was wrong, with the offending value
   */
  void failed(Direction direction, SocketAddress peer, TlsFailure failure, String detail);
}
