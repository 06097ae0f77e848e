/**
 * Writes our records as Envoy's xDS v3 messages, in bytes that depend on the content alone. Uses
 * Envoy's API classes, so only control and tests load it.
 */
@NullMarked
package dev.ondine.xds.codec.encode;

import org.jspecify.annotations.NullMarked;
