/// The store in a data folder: a SQLite file for the log, one for the marks.
@NullMarked
package dev.anabranch.storage.sqlite;

import org.jspecify.annotations.NullMarked;
