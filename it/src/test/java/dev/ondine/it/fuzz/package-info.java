/**
 * The fuzz targets of {@code ./ondine fuzz NAME}: every parser that reads bytes from outside, with
 * the properties that hold for any input. Seeds and inputs that once failed are in resources,
 * fuzz/NAME.
 */
@NullMarked
package dev.ondine.it.fuzz;

import org.jspecify.annotations.NullMarked;
