package dev.ondine.control.policy;

import java.util.Map;

/**
 * Name, place and labels of a document.
 *
 * @param namespace empty for kinds without one
 */
public record Metadata(String name, String namespace, Map<String, String> labels) {
  /** The namespace of documents that name none. */
  public static final String DEFAULT_NAMESPACE = "default";

  public Metadata {
    labels = Map.copyOf(labels);
  }
}
