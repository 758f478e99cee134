package dev.anabranch.kernel.mark;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A slice of what a search finds, in the order of the index.
///
/// @param found candidates: all that the search means, and perhaps some that it does not; may be
///   empty although there is more
/// @param next the search goes on behind this place; null = that was all
public record FoundPage(List<Found> found, @Nullable Spot next) {

  public FoundPage {
    found = List.copyOf(found);
  }
}
