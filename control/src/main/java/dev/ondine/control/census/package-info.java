/** Who calls whom in the clear, and whether proofs of identity can be demanded of everybody. */
@NullMarked
package dev.ondine.control.census;

import org.jspecify.annotations.NullMarked;
