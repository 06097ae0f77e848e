/**
 * Opaque TCP as the layers see it: a connection and its relay to an endpoint. What is not HTTP goes
 * this way.
 */
@NullMarked
package dev.ondine.proxy.tcp;

import org.jspecify.annotations.NullMarked;
