package dev.ondine.control.store;

import java.sql.SQLException;

/**
 * One write, as the writer's thread does it.
 *
 * @param <R> what it answers
 */
interface Change<R> {
  /**
   * Does it, within the batch's transaction. It throws a {@link StoreException} only before its
   * first write: then the others of the batch go on without it.
   */
  R write(Batch batch) throws SQLException;

  /** It is durable. */
  default void committed(R result) {}

  /** It was undone. */
  default void undone() {}
}
