package dev.ondine.control.registry;

/**
 * Something as the store has it.
 *
 * @param lease with which it goes, 0 for none
 * @param revision of its last change; 0 while it is only planned
 */
record Kept<T>(T value, long lease, long revision) {}
