/**
 * The interface by which every part counts and measures. Exposition formats and metric libraries
 * stay behind it.
 */
@NullMarked
package dev.ondine.base.metrics;

import org.jspecify.annotations.NullMarked;
