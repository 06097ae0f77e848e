/**
 * Chooses the route, and so the cluster, for a request. Pure functions of one snapshot and one
 * request.
 */
@NullMarked
package dev.ondine.proxy.route;

import org.jspecify.annotations.NullMarked;
