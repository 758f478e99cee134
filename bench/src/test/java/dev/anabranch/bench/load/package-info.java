@NullMarked
package dev.anabranch.bench.load;

import org.jspecify.annotations.NullMarked;
