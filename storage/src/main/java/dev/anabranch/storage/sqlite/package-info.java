/// The default database: one SQLite file in the data folder.
@NullMarked
package dev.anabranch.storage.sqlite;

import org.jspecify.annotations.NullMarked;
