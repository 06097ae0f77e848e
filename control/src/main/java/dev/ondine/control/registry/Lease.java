package dev.ondine.control.registry;

import java.time.Duration;

/**
 * The registry's answer to a registration.
 *
 * @param workload the name under which the instance is addressed, {@code orders-0.orders.shop.mesh}
 * @param ttl without another heartbeat within this time the workload is gone
 */
public record Lease(String workload, Duration ttl) {}
