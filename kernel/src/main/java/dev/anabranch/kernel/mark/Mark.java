package dev.anabranch.kernel.mark;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the index knows of a change.
///
/// @param tie settles the order of one time: the first 64 bits of the original's name, whose sign
///   bit is flipped so that signed order is the names' order
/// @param author the first 64 bits of who signed it
/// @param kind what kind it is of
/// @param time when its author says it was made, in the author's unit
/// @param expiresAt when it is to be forgotten, in the same unit; null = never
/// @param tags 64 bits of each thing it refers to, without repetition
/// @param words what can be searched in it: bounded, in one spelling
public record Mark(
    long tie,
    long author,
    int kind,
    long time,
    @Nullable Long expiresAt,
    List<Long> tags,
    Set<String> words) {

  public Mark {
    tags = List.copyOf(tags);
    words = Set.copyOf(words);
  }

  /// Where it stands in the order.
  public Spot spot() {
    return new Spot(time, tie);
  }
}
