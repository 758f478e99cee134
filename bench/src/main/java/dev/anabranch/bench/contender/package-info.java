/// Who is measured: Anabranch and its peers behind one contract.
@NullMarked
package dev.anabranch.bench.contender;

import org.jspecify.annotations.NullMarked;
