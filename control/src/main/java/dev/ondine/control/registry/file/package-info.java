/**
 * Documents from a folder that is followed. Tells the registry what each file says; what is in
 * force is the registry's business.
 */
@NullMarked
package dev.ondine.control.registry.file;

import org.jspecify.annotations.NullMarked;
