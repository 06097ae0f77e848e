package dev.ondine.control.registry;

import dev.ondine.control.policy.Document;

/**
 * A document that is in force.
 *
 * @param json as written, on one line
 * @param owner {@link Registry#API}, or the file that it comes from
 * @param revision of the store, at its last change
 */
public record StoredDocument(Document document, String json, String owner, long revision) {}
