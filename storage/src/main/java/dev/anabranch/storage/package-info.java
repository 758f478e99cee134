/// SQLite and PostgreSQL behind the kernel's ports.
@NullMarked
package dev.anabranch.storage;

import org.jspecify.annotations.NullMarked;
