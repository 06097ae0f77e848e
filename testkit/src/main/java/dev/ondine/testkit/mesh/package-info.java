/**
 * Ondine's own processes as a user runs them, from the built distribution, for tests and
 * measurements that need them beside other programs.
 */
@NullMarked
package dev.ondine.testkit.mesh;

import org.jspecify.annotations.NullMarked;
