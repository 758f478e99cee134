@NullMarked
package dev.anabranch.bench.report;

import org.jspecify.annotations.NullMarked;
