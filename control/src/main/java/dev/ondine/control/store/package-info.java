/**
 * The revisioned key-value store with watch, lease and compare-and-swap, and its embedded
 * implementation. Values are opaque to it.
 */
@NullMarked
package dev.ondine.control.store;

import org.jspecify.annotations.NullMarked;
