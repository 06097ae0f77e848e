/**
 * HTTP/1.1 on the wire: connections of clients and to endpoints. One of the few packages that see
 * Netty.
 */
@NullMarked
package dev.ondine.proxy.http.http1;

import org.jspecify.annotations.NullMarked;
