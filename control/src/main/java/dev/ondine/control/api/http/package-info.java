/**
 * The web server under the admin API: listeners, guards, routing of paths. Jetty lives here only;
 * what the paths mean is the business of dev.ondine.control.api.
 */
@NullMarked
package dev.ondine.control.api.http;

import org.jspecify.annotations.NullMarked;
