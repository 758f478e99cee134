/// What every store promises, on both databases.
@NullMarked
package dev.anabranch.storage;

import org.jspecify.annotations.NullMarked;
