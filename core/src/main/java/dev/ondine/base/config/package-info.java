/**
 * Reading settings: names, defaults, durations, and errors that say which value is wrong and what
 * is allowed. The settings of a part live with that part.
 */
@NullMarked
package dev.ondine.base.config;

import org.jspecify.annotations.NullMarked;
