/**
 * The system tests of {@code ./ondine it NAME}: whole processes with real peers, root or time. Each
 * is a package of its own below this one and a line in {@link dev.ondine.it.system.Main}.
 */
@NullMarked
package dev.ondine.it.system;

import org.jspecify.annotations.NullMarked;
