/** {@code ./ondine it identity}: who is refused, by sidecars and by control, and how it is told. */
@NullMarked
package dev.ondine.it.system.identity;

import org.jspecify.annotations.NullMarked;
