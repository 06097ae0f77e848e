/**
 * Hand-written fakes and a harness for the tests of the other modules. Production quality, never
 * shipped.
 */
@NullMarked
package dev.ondine.testkit;

import org.jspecify.annotations.NullMarked;
