package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.Outcome;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// Calls of one caller that take effect in their order, though each is sent before the one before
/// it is answered: behind one that may be answered otherwise when it is sent again, every one is
/// turned away. That is one which was turned away itself – the queue was full, the store away –, or
/// one of whose writes was refused for a reason that leaves its key free, such as a missing right.
public final class CommitChain {

  /// Why a call is turned away for the sake of one before it.
  public static final String CUT_OFF =
      "what it follows was not answered for good; send it again, and this behind it";

  private final AtomicLong open = new AtomicLong(Long.MAX_VALUE);
  private long length;

  /// A chain of no calls.
  public CommitChain() {}

  /// The place behind all others; one thread at a time.
  public Place next() {
    return new Place(length++);
  }

  /// Whether a call may be answered otherwise when it is sent again.
  static boolean isOpen(List<Outcome> outcomes) {
    for (Outcome outcome : outcomes) {
      if (outcome instanceof Outcome.Refused(Fault fault) && !fault.code().isRemembered()) {
        return true;
      }
    }
    return false;
  }

  /// Where a call stands in its chain. Any thread.
  public final class Place {
    private final long number;

    private Place(long number) {
      this.number = number;
    }

    /// The call may be answered otherwise next time, or has no answer: all behind it is turned
    /// away.
    public void turnAway() {
      open.accumulateAndGet(number, Math::min);
    }

    /// Whether a call before this one was.
    boolean isCutOff() {
      return open.get() < number;
    }

    CommitChain chain() {
      return CommitChain.this;
    }
  }
}
