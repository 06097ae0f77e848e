/**
 * HTTP/2 frame by frame, so that a test can send what no proper client would. What comes back is
 * shown as it came.
 */
@NullMarked
package dev.ondine.testkit.http2;

import org.jspecify.annotations.NullMarked;
