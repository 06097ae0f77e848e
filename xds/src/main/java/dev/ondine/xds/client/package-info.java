/**
 * The subscribing end of xDS: streams, subscriptions and the resources held. Knows nothing of what
 * a resource is used for.
 */
@NullMarked
package dev.ondine.xds.client;

import org.jspecify.annotations.NullMarked;
