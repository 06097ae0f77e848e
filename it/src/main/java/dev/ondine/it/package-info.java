/** Tests over all modules together. What can be tested inside one module is tested there. */
@NullMarked
package dev.ondine.it;

import org.jspecify.annotations.NullMarked;
