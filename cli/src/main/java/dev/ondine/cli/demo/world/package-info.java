/**
 * What the demo is made of: networks, processes of services, sidecars, control and customer, and
 * how to reach them. What is done with them, and what must come of it, is not known here.
 */
@NullMarked
package dev.ondine.cli.demo.world;

import org.jspecify.annotations.NullMarked;
