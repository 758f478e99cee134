package dev.anabranch.link;

import java.time.Duration;
import java.util.concurrent.Executor;

/// The one thread that serves a group of links: everything given to it runs there, in order, one at
/// a time.
///
/// There are as many loops as processors, not as links. Two links with the same loop (compared with
/// `==`) can be served in one go, which is how one fan-out fills thousands of outboxes: one mailbox
/// per loop, one drain, one [Outbox#flush] for each link at its end. Tasks must not block.
public interface LinkLoop extends Executor {
  /// Whether the caller is on this loop's thread already.
  boolean inLoop();

  /// Runs the task on this loop after a delay, unless it is called off before.
  Cancellable schedule(Duration delay, Runnable task);
}
