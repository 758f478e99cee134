/// Seeded time, network and disk, with the laws checked after each event.
@NullMarked
package dev.anabranch.simulation;

import org.jspecify.annotations.NullMarked;
