package dev.ondine.model;

/** A resource that no proxy could use; says where in it and why. */
public final class InvalidResourceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String path;

  /**
   * @param path the field, as a path from the resource's root: {@code cluster
   *     orders.endpoints[2].port}
   * @param reason what is wrong, with the offending value and what is allowed
   */
  public InvalidResourceException(String path, String reason) {
    super(path + ": " + reason);
    this.path = path;
  }

  /** The field at fault. */
  public String path() {
    return path;
  }
}
