/**
 * {@code ./ondine it wrap}: processes on a shared host, each wrapped by its cgroup. The host is a
 * network namespace of the test's own, the cgroups are below one of its own.
 */
@NullMarked
package dev.ondine.it.system.wrap;

import org.jspecify.annotations.NullMarked;
