/**
 * Mutated requests through a sidecar into real origins that read HTTP each in its own way: what an
 * origin saw is held against what the sidecar logged.
 */
@NullMarked
package dev.ondine.it.system.differential;

import org.jspecify.annotations.NullMarked;
