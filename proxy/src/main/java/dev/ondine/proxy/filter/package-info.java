/**
 * The interface of HTTP filters and the one list of them. Each filter is a package of its own below
 * this one and uses no other filter.
 */
@NullMarked
package dev.ondine.proxy.filter;

import org.jspecify.annotations.NullMarked;
