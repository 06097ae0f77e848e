/**
 * Connections that end because of their times: whole codecs, from the client's bytes to the
 * endpoint's, with a clock that the test moves.
 */
@NullMarked
package dev.ondine.it.times;

import org.jspecify.annotations.NullMarked;
