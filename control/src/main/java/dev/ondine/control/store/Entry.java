package dev.ondine.control.store;

/**
 * A key with its value.
 *
 * @param createRevision when the key came to be
 * @param modRevision when it last changed
 * @param version how many times it was put since it came to be, from 1
 * @param lease with which it goes, 0 for none
 */
public record Entry(
    String key, Value value, long createRevision, long modRevision, long version, long lease) {}
