/// Programs that show what the engine promises: two devices that part and meet, and a real history
/// that is replayed through crashes.
@NullMarked
package dev.anabranch.cli.demo;

import org.jspecify.annotations.NullMarked;
