/**
 * One endpoint as a place to send to: its connections, pooled for each event loop. Choosing the
 * endpoint happens before.
 */
@NullMarked
package dev.ondine.proxy.endpoint;

import org.jspecify.annotations.NullMarked;
