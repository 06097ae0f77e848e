/**
 * Overload: how full the sidecar's memory is, and what is shed because of it, before work is done
 * for it. Asked by every part of the path that takes something new.
 */
@NullMarked
package dev.ondine.proxy.overload;

import org.jspecify.annotations.NullMarked;
