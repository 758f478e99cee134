package dev.anabranch.protocol.document.server;

import dev.anabranch.link.Cancellable;
import dev.anabranch.link.Exchange;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Which requests have documents in memory: a few of a server's at once, the others wait, not too
/// many and not too long.
///
/// A document that is loaded takes many times the bytes in which it is encoded, and its state is
/// read whole before. So a request waits before it reads. Safe to use from many threads.
final class DocumentTurns {
  private final DocumentLimits limits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Turn> waiting = new ArrayDeque<>();
  private int taken;

  DocumentTurns(DocumentLimits limits) {
    this.limits = limits;
  }

  private enum State {
    WAITING,
    TAKEN,
    OVER
  }

  /// The turn of a request, which has still to [Turn#ask] for it.
  ///
  /// @param begin is run when the turn has come: at once, or on the exchange's loop
  /// @param refused is run instead when too many wait, or the turn did not come in time
  Turn of(Exchange exchange, Runnable begin, Runnable refused) {
    return new Turn(exchange, begin, refused);
  }

  /// A request's turn.
  final class Turn {
    private final Exchange exchange;
    private final Runnable begin;
    private final Runnable refused;
    private State state = State.WAITING;
    private volatile @Nullable Cancellable patience;

    private Turn(Exchange exchange, Runnable begin, Runnable refused) {
      this.exchange = exchange;
      this.begin = begin;
      this.refused = refused;
    }

    /// Asks for it, once.
    void ask() {
      switch (enter()) {
        case TAKEN -> begin.run();
        case WAITING -> await();
        case OVER -> refused.run();
      }
    }

    private State enter() {
      lock.lock();
      try {
        if (taken < limits.loadsMax()) {
          taken++;
          state = State.TAKEN;
        } else if (waiting.size() < limits.loadsWaitingMax()) {
          waiting.add(this);
        } else {
          state = State.OVER;
        }
        return state;
      } finally {
        lock.unlock();
      }
    }

    private void await() {
      patience =
          exchange
              .loop()
              .schedule(Duration.ofMillis(limits.loadsWaitMillis()), () -> giveUp(refused));
      exchange.onClosed(() -> giveUp(() -> {}));
    }

    private void giveUp(Runnable then) {
      lock.lock();
      try {
        if (state != State.WAITING) {
          return;
        }
        state = State.OVER;
        waiting.remove(this);
      } finally {
        lock.unlock();
      }
      then.run();
    }

    /// The request needs its documents no longer; a second time is harmless.
    void end() {
      Turn next = null;
      lock.lock();
      try {
        if (state == State.TAKEN) {
          next = waiting.poll();
          if (next == null) {
            taken--;
          } else {
            next.state = State.TAKEN;
          }
        }
        state = State.OVER;
      } finally {
        lock.unlock();
      }
      if (next != null) {
        next.come();
      }
    }

    private void come() {
      Cancellable timer = patience;
      if (timer != null) {
        timer.cancel();
      }
      // Not here: whoever ends a turn has an end of its own to come to.
      exchange.loop().execute(begin);
    }
  }
}
