/**
 * The control plane as a whole: its settings, and the one place that starts its parts and stops
 * them. What the parts do is in the packages below.
 */
@NullMarked
package dev.ondine.control;

import org.jspecify.annotations.NullMarked;
