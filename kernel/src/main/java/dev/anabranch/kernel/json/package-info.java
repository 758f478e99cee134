/// The kernel's own immutable JSON value; reading bytes into it is the edge's work.
@NullMarked
package dev.anabranch.kernel.json;

import org.jspecify.annotations.NullMarked;
