/**
 * Turns the world, seen from one node, into xDS resources. Pure: no input or output, no clock, no
 * locks.
 */
@NullMarked
package dev.ondine.control.translate;

import org.jspecify.annotations.NullMarked;
