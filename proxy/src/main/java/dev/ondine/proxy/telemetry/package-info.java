/**
 * Access log, metrics and traces of the traffic, and the sidecar's admin port. Observes, and never
 * decides.
 */
@NullMarked
package dev.ondine.proxy.telemetry;

import org.jspecify.annotations.NullMarked;
