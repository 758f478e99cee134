@NullMarked
package dev.anabranch.bench.integrity;

import org.jspecify.annotations.NullMarked;
