package dev.anabranch.storage.sql;

import dev.anabranch.kernel.mark.Search;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A run of one index: the marks that have the same value in its leading columns.
///
/// @param by which index
/// @param first the value of its first leading column; 0 = it has none
/// @param second of its second; 0 likewise
public record MarkRange(By by, long first, long second) {

  /// The most pairs of author and kind that are each a range of their own.
  private static final int PAIRS_MAX = 3000;

  /// The indexes, from the most to the least selective.
  public enum By {
    TIE("mark", "tie = ?"),
    TAG("mark_tag", "tag = ?"),
    AUTHOR_KIND("mark", "author = ? and kind = ?"),
    AUTHOR("mark", "author = ?"),
    KIND("mark", "kind = ?"),
    TIME("mark", "");

    private final String table;
    private final String condition;

    By(String table, String condition) {
      this.table = table;
      this.condition = condition;
    }

    /// The table it is of.
    public String table() {
      return table;
    }

    /// The condition on its leading columns.
    public String condition() {
      return condition;
    }

    /// How many leading columns there are.
    public int width() {
      return (int) condition.chars().filter(c -> c == '?').count();
    }
  }

  /// The ranges that together hold everything that is looked for.
  static List<MarkRange> of(Search search) {
    if (!search.ties().isEmpty()) {
      return each(By.TIE, search.ties());
    }
    if (!search.tags().isEmpty()) {
      return each(By.TAG, search.tags());
    }
    if (!search.authors().isEmpty()) {
      long pairs = (long) search.authors().size() * search.kinds().size();
      return pairs > 0 && pairs <= PAIRS_MAX ? pairs(search) : each(By.AUTHOR, search.authors());
    }
    return search.kinds().isEmpty()
        ? List.of(new MarkRange(By.TIME, 0, 0))
        : each(By.KIND, search.kinds().stream().map(Integer::longValue).toList());
  }

  /// The range that holds everything of some kinds, whoever wrote it, and perhaps more.
  static MarkRange ofAnybody(Set<Integer> kinds) {
    return kinds.size() == 1
        ? new MarkRange(By.KIND, kinds.iterator().next(), 0)
        : new MarkRange(By.TIME, 0, 0);
  }

  private static List<MarkRange> each(By by, List<Long> values) {
    return values.stream().map(value -> new MarkRange(by, value, 0)).toList();
  }

  private static List<MarkRange> pairs(Search search) {
    List<MarkRange> ranges = new ArrayList<>();
    for (long author : search.authors()) {
      for (int kind : search.kinds()) {
        ranges.add(new MarkRange(By.AUTHOR_KIND, author, kind));
      }
    }
    return ranges;
  }
}
