/**
 * HTTP/1 byte by byte, so that a test can send what no proper client or server would. What comes is
 * kept as it came.
 */
@NullMarked
package dev.ondine.testkit.http1;

import org.jspecify.annotations.NullMarked;
