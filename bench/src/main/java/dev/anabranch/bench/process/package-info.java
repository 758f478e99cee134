/// The programs under measurement, each in a process of its own, and what they cost.
@NullMarked
package dev.anabranch.bench.process;

import org.jspecify.annotations.NullMarked;
