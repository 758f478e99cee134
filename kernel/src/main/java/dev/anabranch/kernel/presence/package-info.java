/// The last thing each device said about itself; never logged, gone after its time. And what is
/// said once, which is gone at once.
@NullMarked
package dev.anabranch.kernel.presence;

import org.jspecify.annotations.NullMarked;
