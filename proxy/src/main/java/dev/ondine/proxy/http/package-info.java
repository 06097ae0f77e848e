/**
 * HTTP as the layers see it, whatever the version: exchange, headers, body, service, layer. Wire
 * formats live in the packages below it.
 */
@NullMarked
package dev.ondine.proxy.http;

import org.jspecify.annotations.NullMarked;
