/// Load programs and the figures they print.
@NullMarked
package dev.anabranch.bench;

import org.jspecify.annotations.NullMarked;
