package dev.ondine.proxy.tls;

/** Where credentials come from. They may be replaced while connections are open. */
@FunctionalInterface
public interface KeyMaterial {
  /**
   * What handshakes that begin now use; the same value until it is replaced. Called on event loops:
   * must not wait.
   */
  Credentials current();
}
