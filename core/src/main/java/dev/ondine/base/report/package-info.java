/**
 * What a system test or a measurement found: figures with their bounds, as a table and as JSON. How
 * the figures came about is the business of the scenario.
 */
@NullMarked
package dev.ondine.base.report;

import org.jspecify.annotations.NullMarked;
