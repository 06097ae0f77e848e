/**
 * Real processes for system tests and measurements: started with a log of their own, waited for,
 * and ended with the run whatever happens.
 */
@NullMarked
package dev.ondine.testkit.process;

import org.jspecify.annotations.NullMarked;
