/**
 * The demo's customer: a client that sends requests with ids, at a constant rate or one by one, and
 * logs what became of each. It runs as a process of its own inside a workload's network and knows
 * nothing of the mesh.
 */
@NullMarked
package dev.ondine.cli.demo.load;

import org.jspecify.annotations.NullMarked;
