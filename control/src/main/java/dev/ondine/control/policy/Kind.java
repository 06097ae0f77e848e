package dev.ondine.control.policy;

import java.util.Arrays;
import java.util.Optional;

/** A kind of document. */
public enum Kind {
  SERVICE("Service", true),
  WORKLOAD("Workload", true),
  TRAFFIC_POLICY("TrafficPolicy", true),
  DISCOVERY_POLICY("DiscoveryPolicy", true),
  MESH_IDENTITY("MeshIdentity", true),
  MESH_SETTINGS("MeshSettings", false);

  /** The {@code apiVersion} of all of them. */
  public static final String API_VERSION = "mesh.ondine.dev/v1";

  private final String text;
  private final boolean namespaced;

  Kind(String text, boolean namespaced) {
    this.text = text;
    this.namespaced = namespaced;
  }

  /** The kind of this name, exactly as written in documents. */
  public static Optional<Kind> of(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
  }

  /** As written in documents: {@code TrafficPolicy}. */
  public String text() {
    return text;
  }

  /** Whether documents of this kind live in a namespace; the others are of the whole mesh. */
  public boolean namespaced() {
    return namespaced;
  }
}
