/**
 * Netty: listeners, event loops, original destinations, connecting, moving bytes, flow control.
 * Everything above it sees our own small interfaces.
 */
@NullMarked
package dev.ondine.proxy.transport;

import org.jspecify.annotations.NullMarked;
