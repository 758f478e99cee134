/// Many writers, many readers, killed servers: whether anything is lost, doubled or reordered.
@NullMarked
package dev.anabranch.bench.integrity;

import org.jspecify.annotations.NullMarked;
