/**
 * The request path, in one file for each direction, outermost layer first: read it first. It may
 * use every other package; none uses it.
 */
@NullMarked
package dev.ondine.proxy.stack;

import org.jspecify.annotations.NullMarked;
