/** How components start, drain and stop, and in which order. Not the components themselves. */
@NullMarked
package dev.ondine.base.lifecycle;

import org.jspecify.annotations.NullMarked;
