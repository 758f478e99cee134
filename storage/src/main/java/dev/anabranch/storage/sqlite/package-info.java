/// The store in one SQLite file of a data folder.
@NullMarked
package dev.anabranch.storage.sqlite;

import org.jspecify.annotations.NullMarked;
