/**
 * Translates between Envoy's xDS v3 messages and our records, both ways, and says which field of a
 * bad message is wrong. Behind it nothing sees protobuf.
 */
@NullMarked
package dev.ondine.xds.codec;

import org.jspecify.annotations.NullMarked;
