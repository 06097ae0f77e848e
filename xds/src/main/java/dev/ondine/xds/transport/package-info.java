/**
 * gRPC channels and servers over Netty, set up as long-lived streams between sidecars and control
 * need them. Knows no service; the only place of this module that sees Netty.
 */
@NullMarked
package dev.ondine.xds.transport;

import org.jspecify.annotations.NullMarked;
