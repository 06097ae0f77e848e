/**
 * The sidecar as a whole: its settings, how its parts are wired, started, drained and stopped, and
 * what it tells of itself. Traffic is the business of the packages below.
 */
@NullMarked
package dev.ondine.proxy;

import org.jspecify.annotations.NullMarked;
