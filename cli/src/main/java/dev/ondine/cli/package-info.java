/**
 * The commands, and the only mains. Parses arguments, calls proxy or control, prints; exit codes
 * are documented here.
 */
@NullMarked
package dev.ondine.cli;

import org.jspecify.annotations.NullMarked;
