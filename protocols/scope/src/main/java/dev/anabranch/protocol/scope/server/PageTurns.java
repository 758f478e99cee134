package dev.anabranch.protocol.scope.server;

import java.util.ArrayDeque;
import java.util.Queue;

/// Of one link's bootstraps a few have a page in memory, however many it asks for; the others wait
/// their turn. Confined to the link's thread.
final class PageTurns {

  /// The most bootstraps of one link under way.
  static final int TURNS_MAX = 4;

  private final Queue<Turn> waiting = new ArrayDeque<>(0);
  private int underWay;

  /// One bootstrap's turn.
  final class Turn {
    private final Runnable begin;
    private boolean ended;
    private boolean begun;

    private Turn(Runnable begin) {
      this.begin = begin;
    }

    /// Begins when it is its turn, which may be at once.
    void ask() {
      waiting.add(this);
      next();
    }

    private void start() {
      begun = true;
      underWay++;
      begin.run();
    }

    /// The bootstrap is whole, or wanted no more.
    void end() {
      if (ended) {
        return;
      }
      ended = true;
      if (begun) {
        underWay--;
        next();
      } else {
        waiting.remove(this);
      }
    }
  }

  /// The turn of a bootstrap that begins so.
  Turn of(Runnable begin) {
    return new Turn(begin);
  }

  /// The link is gone: nobody's turn comes any more.
  void close() {
    waiting.clear();
  }

  private void next() {
    while (underWay < TURNS_MAX && !waiting.isEmpty()) {
      waiting.remove().start();
    }
  }
}
