/**
 * How a sidecar comes by the identity of its workload and keeps it: attestation, renewal, and the
 * one file in which a key may outlive a process.
 */
@NullMarked
package dev.ondine.proxy.identity;

import org.jspecify.annotations.NullMarked;
