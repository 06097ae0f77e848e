/**
 * What the demo concludes from what it sees: percentiles, whose logs agree with whose, whether a
 * process knows of the mesh. Nothing here starts or changes anything.
 */
@NullMarked
package dev.ondine.cli.demo.check;

import org.jspecify.annotations.NullMarked;
