/**
 * Tells from a connection's first bytes which protocol it speaks, and how many bytes it needs to
 * know. Does no input or output itself.
 */
@NullMarked
package dev.ondine.proxy.detect;

import org.jspecify.annotations.NullMarked;
