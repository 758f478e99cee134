/// What no server can pass: bare broadcasts and raw inserts.
@NullMarked
package dev.anabranch.bench.limit;

import org.jspecify.annotations.NullMarked;
