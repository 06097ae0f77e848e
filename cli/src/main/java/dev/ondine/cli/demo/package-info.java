/**
 * {@code ondine demo}: a shop of six programs on a mesh of its own, shown live or step by step with
 * figures. What runs is in {@code world}, what the customer does in {@code load}, what is concluded
 * in {@code check}; the steps are here.
 */
@NullMarked
package dev.ondine.cli.demo;

import org.jspecify.annotations.NullMarked;
