package dev.ondine.control.policy;

/** What a user writes, read and checked. */
public sealed interface Document
    permits ServiceDocument,
        WorkloadDocument,
        TrafficPolicy,
        DiscoveryPolicy,
        MeshIdentity,
        MeshSettings {
  /** Its name, namespace and labels. */
  Metadata metadata();

  /** What kind it is. */
  default Kind kind() {
    return switch (this) {
      case ServiceDocument _ -> Kind.SERVICE;
      case WorkloadDocument _ -> Kind.WORKLOAD;
      case TrafficPolicy _ -> Kind.TRAFFIC_POLICY;
      case DiscoveryPolicy _ -> Kind.DISCOVERY_POLICY;
      case MeshIdentity _ -> Kind.MESH_IDENTITY;
      case MeshSettings _ -> Kind.MESH_SETTINGS;
    };
  }

  /** Which document it is. */
  default DocumentKey key() {
    return new DocumentKey(kind(), metadata().namespace(), metadata().name());
  }
}
