/**
 * The launchers and the distribution's layout, as a user meets them: files, processes, exit codes.
 * What the commands do is tested elsewhere.
 */
@NullMarked
package dev.ondine.it.distribution;

import org.jspecify.annotations.NullMarked;
