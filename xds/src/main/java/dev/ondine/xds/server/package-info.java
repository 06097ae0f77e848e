/**
 * The serving end of xDS: streams, what each one subscribed to, and the difference it must be sent.
 * Knows nothing of where resources come from.
 */
@NullMarked
package dev.ondine.xds.server;

import org.jspecify.annotations.NullMarked;
