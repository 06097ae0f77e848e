/**
 * A control plane that says what a test tells it to. Speaks Envoy's API classes and knows nothing
 * of our own codec, so that both can be held against each other.
 */
@NullMarked
package dev.ondine.testkit.xds;

import org.jspecify.annotations.NullMarked;
