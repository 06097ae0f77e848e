/**
 * The mesh's data: listeners, routes, clusters, endpoints, workloads, identities. Immutable records
 * and sealed interfaces, validated when made; depends on nothing but the JDK.
 */
@NullMarked
package dev.ondine.model;

import org.jspecify.annotations.NullMarked;
