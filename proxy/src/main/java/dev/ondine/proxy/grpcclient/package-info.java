/**
 * The one place for the sidecar's own outgoing gRPC calls. The traffic of workloads never passes
 * here.
 */
@NullMarked
package dev.ondine.proxy.grpcclient;

import org.jspecify.annotations.NullMarked;
