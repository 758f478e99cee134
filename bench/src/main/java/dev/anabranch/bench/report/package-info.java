/// Figures, ratios and the forms they are printed in.
@NullMarked
package dev.anabranch.bench.report;

import org.jspecify.annotations.NullMarked;
