/**
 * What {@code ./ondine it NAME} and {@code ./ondine bench NAME} have in common: named scenarios,
 * their options, their time limit and their exit codes. The scenarios themselves are in those
 * modules.
 */
@NullMarked
package dev.ondine.testkit.scenario;

import org.jspecify.annotations.NullMarked;
