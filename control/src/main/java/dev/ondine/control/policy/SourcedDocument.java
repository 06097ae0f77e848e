package dev.ondine.control.policy;

/**
 * A document with where it was read.
 *
 * @param json the document as written, as JSON on one line
 * @param source the file, or what the caller named the text
 * @param line where it begins, counted from 1
 */
public record SourcedDocument(Document document, String json, String source, int line) {}
