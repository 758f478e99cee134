package dev.anabranch.link;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/// Lets each of several that wait for the same room be the first one in its turn.
public final class Turns {
  private int taken;

  /// All of them, beginning with another one each time.
  public <T> List<T> next(Collection<T> all) {
    List<T> turn = new ArrayList<>(all);
    Collections.rotate(turn, taken++);
    return turn;
  }
}
