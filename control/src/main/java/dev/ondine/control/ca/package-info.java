/**
 * Identities, keys and certificates, and the authority that signs them. Nothing else touches a
 * private key.
 */
@NullMarked
package dev.ondine.control.ca;

import org.jspecify.annotations.NullMarked;
