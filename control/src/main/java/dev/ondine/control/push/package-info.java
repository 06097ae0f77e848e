/**
 * Decides which streams see a change and hands it to them. The wire protocol itself lives in
 * dev.ondine.xds.server.
 */
@NullMarked
package dev.ondine.control.push;

import org.jspecify.annotations.NullMarked;
