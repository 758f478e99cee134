/// The kernel at work: a bounded queue in front of the sequencer, natural group commit, and the hub
/// of followers.
///
/// A write's way: `Engine.commit` → `CommitQueue` → `Writer` (one batch, one transaction) →
/// outcomes → `Hub` → the lanes' followers. A follower's way: `Engine.follow` → `Lane` → pages from
/// the store until up to date → live.
///
/// Threads are the caller's: the engine is given executors, a clock and a timer, and starts nothing
/// itself. On one thread it runs deterministically; that is how the simulation runs it.
@NullMarked
package dev.anabranch.engine;

import org.jspecify.annotations.NullMarked;
