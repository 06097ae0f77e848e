/**
 * A whole mesh in one JVM: a control plane, sidecars in explicit mode and workloads, all real and
 * on ports that the kernel chose.
 */
@NullMarked
package dev.ondine.it.mesh;

import org.jspecify.annotations.NullMarked;
