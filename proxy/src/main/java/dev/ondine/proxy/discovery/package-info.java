/**
 * On-demand services: the first use of a name subscribes to it, waits for it and keeps it while it
 * is used. Also answers the workload's DNS queries.
 */
@NullMarked
package dev.ondine.proxy.discovery;

import org.jspecify.annotations.NullMarked;
