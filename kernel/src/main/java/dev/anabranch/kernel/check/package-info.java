/// Recomputes what a store says from its log: the work of `anabranch check`.
@NullMarked
package dev.anabranch.kernel.check;

import org.jspecify.annotations.NullMarked;
