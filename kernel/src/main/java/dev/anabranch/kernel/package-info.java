/// Scopes, changes, merge rules, clocks, grants and the sequencer; knows no protocol, socket or
/// SQL.
@NullMarked
package dev.anabranch.kernel;

import org.jspecify.annotations.NullMarked;
