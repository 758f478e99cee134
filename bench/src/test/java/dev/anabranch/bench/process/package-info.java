@NullMarked
package dev.anabranch.bench.process;

import org.jspecify.annotations.NullMarked;
