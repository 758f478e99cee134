/// Configuration and wiring: the only place that knows everybody.
@NullMarked
package dev.anabranch.server;

import org.jspecify.annotations.NullMarked;
