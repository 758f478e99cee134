/// Stored changes, then live ones, with no hole between: the states of one follower.
@NullMarked
package dev.anabranch.kernel.follow;

import org.jspecify.annotations.NullMarked;
