/// The rows of the table, one class each.
@NullMarked
package dev.anabranch.bench.row;

import org.jspecify.annotations.NullMarked;
