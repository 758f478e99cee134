/// The production database: PostgreSQL, one writer with a fenced lease.
@NullMarked
package dev.anabranch.storage.postgres;

import org.jspecify.annotations.NullMarked;
