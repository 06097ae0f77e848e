/**
 * The dashboard: pages, scripts and styles, as resources of this package. The control plane serves
 * them; there is no code here.
 */
@NullMarked
package dev.ondine.dashboard;

import org.jspecify.annotations.NullMarked;
