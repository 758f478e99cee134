/// What both databases have in common: rows, reading, the writer's cache, the fold of old changes.
@NullMarked
package dev.anabranch.storage.sql;

import org.jspecify.annotations.NullMarked;
