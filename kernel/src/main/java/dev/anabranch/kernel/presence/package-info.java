/// The last thing each device said about itself; never logged, gone after its time.
@NullMarked
package dev.anabranch.kernel.presence;

import org.jspecify.annotations.NullMarked;
