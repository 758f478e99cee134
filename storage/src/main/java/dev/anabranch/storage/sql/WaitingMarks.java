package dev.anabranch.storage.sql;

import dev.anabranch.kernel.mark.Search;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// What the newest batches did to marks and the file of marks does not have yet
/// (docs/decisions/0098).
///
/// @param marks those that wait, in the order in which they came
/// @param gone those that the file has still, though they are gone
/// @param sorted up to which batch the file has everything; 0 = none
/// @param upTo the last batch that did something to marks; 0 = none did
/// @param held whether a row holds anything, be it in the file by now
record WaitingMarks(List<WaitingMark> marks, Set<Long> gone, long sorted, long upTo, boolean held) {

  static final WaitingMarks NONE = new WaitingMarks(List.of(), Set.of(), 0, 0, false);

  private static final Comparator<MarkRow> ORDER = Comparator.comparing(MarkRow::spot);

  /// Whether the file of marks has everything; what came and went while it waited counts, too.
  boolean isSortedIn() {
    return upTo == sorted;
  }

  /// Those that a search is for, apart from its words, in the order of the index.
  List<MarkRow> wanted(Search search, MarkWindow window) {
    return marks.isEmpty() ? List.of() : rows(isWanted(search, window));
  }

  /// Those that a search with words is for, in the order of the index.
  List<MarkRow> withWords(Search search, MarkWindow window) {
    return rows(isWanted(search, window).and(mark -> mark.hasWords(search.words())));
  }

  private static Predicate<WaitingMark> isWanted(Search search, MarkWindow window) {
    Set<Long> ties = new HashSet<>(search.ties());
    Set<Long> authors = new HashSet<>(search.authors());
    Set<Integer> kinds = new HashSet<>(search.kinds());
    Set<Long> tags = new HashSet<>(search.tags());
    return mark -> {
      MarkRow row = mark.row();
      return window.holds(row.spot())
          && (ties.isEmpty() || ties.contains(row.spot().tie()))
          && (kinds.isEmpty() || kinds.contains(row.kind()))
          && (authors.isEmpty() || authors.contains(row.author()))
          && (tags.isEmpty() || mark.hasTagOf(tags));
    };
  }

  private List<MarkRow> rows(Predicate<WaitingMark> wanted) {
    return marks.stream().filter(wanted).map(WaitingMark::row).sorted(ORDER).toList();
  }

  /// Those of some ids whose marks have all words.
  List<Long> having(List<String> words, Set<Long> ids) {
    return marks.stream()
        .filter(mark -> ids.contains(mark.id()) && mark.hasWords(words))
        .map(WaitingMark::id)
        .toList();
  }

  /// Those behind an id, in the order of their ids.
  List<MarkRow> after(long id, int countMax) {
    return marks.stream()
        .map(WaitingMark::row)
        .filter(row -> row.id() > id)
        .limit(countMax)
        .toList();
  }

  /// Those that are to be forgotten at a time.
  List<MarkRow> expired(long time, int countMax) {
    return marks.stream()
        .filter(mark -> mark.expiresAt() != null && mark.expiresAt() <= time)
        .map(WaitingMark::row)
        .limit(countMax)
        .toList();
  }
}
