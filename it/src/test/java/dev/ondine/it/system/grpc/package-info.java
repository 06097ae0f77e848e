/**
 * {@code ./ondine it grpc-interop}: the interop cases of the gRPC project, and how fast deadlines
 * and cancellations travel, through two sidecars.
 */
@NullMarked
package dev.ondine.it.system.grpc;

import org.jspecify.annotations.NullMarked;
