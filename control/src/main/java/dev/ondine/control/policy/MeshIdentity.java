package dev.ondine.control.policy;

import dev.ondine.model.InboundSecurity;
import java.util.Optional;

/**
 * Whether callers of a namespace's workloads, or of one service's, must prove who they are.
 *
 * @param service whose workloads; empty: all of the namespace that no other document names
 * @param security ports are those that the workload listens on
 */
public record MeshIdentity(Metadata metadata, Optional<String> service, InboundSecurity security)
    implements Document {}
