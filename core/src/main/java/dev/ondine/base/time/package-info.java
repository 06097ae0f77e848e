/**
 * Time as a dependency: clocks and timers that are handed in, so that a test can drive them.
 * Nothing else in Ondine asks the JDK what time it is.
 */
@NullMarked
package dev.ondine.base.time;

import org.jspecify.annotations.NullMarked;
