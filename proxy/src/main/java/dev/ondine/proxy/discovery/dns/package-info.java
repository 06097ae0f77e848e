/**
 * The workload's DNS: mesh names are discovered and answered with virtual IPs, all others are
 * forwarded untouched. Nothing else in the sidecar resolves names here.
 */
@NullMarked
package dev.ondine.proxy.discovery.dns;

import org.jspecify.annotations.NullMarked;
