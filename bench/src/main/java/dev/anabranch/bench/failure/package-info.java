/// What can go wrong while measuring.
@NullMarked
package dev.anabranch.bench.failure;

import org.jspecify.annotations.NullMarked;
