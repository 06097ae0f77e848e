/**
 * {@code ./ondine it xds-clients}: foreign xDS clients on our control plane, and our sidecar on a
 * foreign one.
 */
@NullMarked
package dev.ondine.it.system.xds;

import org.jspecify.annotations.NullMarked;
