/**
 * {@code ./ondine it rotation}: certificates, roots and clocks that change while requests go on.
 */
@NullMarked
package dev.ondine.it.system.rotation;

import org.jspecify.annotations.NullMarked;
