/**
 * The documents that users write, read and checked: routes, traffic policy, access policy and the
 * others. What they turn into is translate's business.
 */
@NullMarked
package dev.ondine.control.policy;

import org.jspecify.annotations.NullMarked;
