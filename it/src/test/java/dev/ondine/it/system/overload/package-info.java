/**
 * Too much of everything on a real sidecar: clients that are slow on purpose, no file descriptors,
 * and floods in a small control group.
 */
@NullMarked
package dev.ondine.it.system.overload;

import org.jspecify.annotations.NullMarked;
