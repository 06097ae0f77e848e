/** Chooses one endpoint of a cluster. The balancers are listed in one place. */
@NullMarked
package dev.ondine.proxy.balance;

import org.jspecify.annotations.NullMarked;
