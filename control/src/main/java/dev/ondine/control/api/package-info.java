/**
 * The admin API over HTTP and JSON, and the pages of the dashboard. Calls the other packages and
 * holds no state of its own.
 */
@NullMarked
package dev.ondine.control.api;

import org.jspecify.annotations.NullMarked;
