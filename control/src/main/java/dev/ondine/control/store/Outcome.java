package dev.ondine.control.store;

/**
 * What became of a {@link Transaction}.
 *
 * @param committed false when a condition did not hold: nothing changed
 * @param revision the store's revision afterwards; of the change, when there was one
 */
public record Outcome(boolean committed, long revision) {}
