/**
 * Who is there: services and workloads, from the admin API, from files and from leases. Its sources
 * feed one world and know nothing of xDS.
 */
@NullMarked
package dev.ondine.control.registry;

import org.jspecify.annotations.NullMarked;
