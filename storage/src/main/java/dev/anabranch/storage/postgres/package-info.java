/// The store in a PostgreSQL database.
@NullMarked
package dev.anabranch.storage.postgres;

import org.jspecify.annotations.NullMarked;
