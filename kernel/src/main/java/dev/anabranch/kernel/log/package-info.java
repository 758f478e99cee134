/// The words of the log: scopes, entities, writes, changes, outcomes; no rule is decided here.
@NullMarked
package dev.anabranch.kernel.log;

import org.jspecify.annotations.NullMarked;
