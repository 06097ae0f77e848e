package dev.ondine.control.store;

/** A change named a lease that has ended or never was. */
public final class LeaseNotFoundException extends StoreException {
  private static final long serialVersionUID = 1L;

  LeaseNotFoundException(long lease) {
    super("there is no lease " + lease + " (any more)");
  }
}
