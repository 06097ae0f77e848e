/**
 * HTTP/2 on the wire: connections, streams and their flow control. One of the few packages that see
 * Netty.
 */
@NullMarked
package dev.ondine.proxy.http.http2;

import org.jspecify.annotations.NullMarked;
