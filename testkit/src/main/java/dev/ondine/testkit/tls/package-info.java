/**
 * Certificates for tests, made on the spot. They are good for one run: nothing here is fit for
 * production.
 */
@NullMarked
package dev.ondine.testkit.tls;

import org.jspecify.annotations.NullMarked;
