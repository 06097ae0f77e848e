/**
 * Fails a test class that lost a Netty buffer. Works by itself in every module that has testkit on
 * its test class path.
 */
@NullMarked
package dev.ondine.testkit.leak;

import org.jspecify.annotations.NullMarked;
