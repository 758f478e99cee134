/// From a batch of writes to effects and outcomes: pure, one step at a time.
@NullMarked
package dev.anabranch.kernel.commit;

import org.jspecify.annotations.NullMarked;
