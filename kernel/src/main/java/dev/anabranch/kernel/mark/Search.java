package dev.anabranch.kernel.mark;

import java.util.List;

/// What is looked for: every condition that is given must hold, and one of its values is enough
/// (for words all of them).
///
/// @param ties of these names; empty = any
/// @param authors by these; empty = any
/// @param kinds of these; empty = any
/// @param tags referring to one of these; empty = to anything
/// @param words with all of these; empty = with any
/// @param since at this time or later
/// @param until at this time or earlier
public record Search(
    List<Long> ties,
    List<Long> authors,
    List<Integer> kinds,
    List<Long> tags,
    List<String> words,
    long since,
    long until) {

  /// Everything.
  public static final Search ALL =
      new Search(
          List.of(), List.of(), List.of(), List.of(), List.of(), Long.MIN_VALUE, Long.MAX_VALUE);

  public Search {
    ties = ties.stream().distinct().toList();
    authors = authors.stream().distinct().toList();
    kinds = kinds.stream().distinct().toList();
    tags = tags.stream().distinct().toList();
    words = words.stream().distinct().toList();
  }

  /// Whether a mark is looked for.
  public boolean finds(Mark mark) {
    return mark.time() >= since
        && mark.time() <= until
        && (ties.isEmpty() || ties.contains(mark.tie()))
        && (authors.isEmpty() || authors.contains(mark.author()))
        && (kinds.isEmpty() || kinds.contains(mark.kind()))
        && (tags.isEmpty() || mark.tags().stream().anyMatch(tags::contains))
        && mark.words().containsAll(words);
  }
}
