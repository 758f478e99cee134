/// The load client: one thread, thousands of sockets, a few nanoseconds per delivered change.
@NullMarked
package dev.anabranch.bench.load;

import org.jspecify.annotations.NullMarked;
