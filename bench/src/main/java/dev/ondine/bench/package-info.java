/**
 * Measurements: JMH benchmarks and the side-by-side rig against real proxies. Reports figures and
 * never judges by them alone.
 */
@NullMarked
package dev.ondine.bench;

import org.jspecify.annotations.NullMarked;
