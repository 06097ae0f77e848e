/**
 * Transport security: handshakes, the identity of peers and the material for both. Where the
 * material comes from is the business of others.
 */
@NullMarked
package dev.ondine.proxy.tls;

import org.jspecify.annotations.NullMarked;
