/**
 * Hostile input, as data: each line of {@code hostile/*.txt} is a case, which says what is sent and
 * what must come of it. What a line cannot say is in {@link Floods}.
 */
@NullMarked
package dev.ondine.it.system.hostile;

import org.jspecify.annotations.NullMarked;
