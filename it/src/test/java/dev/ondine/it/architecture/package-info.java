/**
 * The rules of the source tree that a compiler cannot check: what may depend on what, and what is
 * not called at all. What a whole module must not see is missing from its pom instead.
 */
@NullMarked
package dev.ondine.it.architecture;

import org.jspecify.annotations.NullMarked;
