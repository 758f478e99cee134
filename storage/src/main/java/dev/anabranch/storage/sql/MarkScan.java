package dev.anabranch.storage.sql;

import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One slice of a search under way: the ranges of the search, merged until the slice is full or
/// enough rows were looked at.
final class MarkScan {

  /// The most index rows that one slice looks at, besides the first of each range.
  static final int SCANNED_MAX = 4000;

  /// From so many authors on, the newest rows of all authors are looked through first.
  private static final int CROWD_MIN = 40;

  /// How many rows of all authors are looked through: they cost about a quarter of what the ranges
  /// of so many authors do, and are the whole answer wherever the crowd is a few percent of
  /// everybody.
  private static final int CROWD_SCANNED_MAX = 2000;

  private static final int CHUNK_MIN = 8;
  private static final int CHUNK_MAX = 1000;

  private final MarkQueries queries;
  private final Session session;
  private final Search search;
  private final MarkWindow window;
  private final int wanted;
  private final Set<Integer> kinds;
  private final Set<Long> authors;
  private final WaitingMarks waiting;
  private @Nullable Spot next;
  private int scanned;

  /// A slice.
  ///
  /// @param wanted how many rows fill it
  MarkScan(
      MarkQueries queries,
      Session session,
      Search search,
      MarkWindow window,
      WaitingMarks waiting,
      int wanted) {
    this.queries = queries;
    this.session = session;
    this.search = search;
    this.window = window;
    this.waiting = waiting;
    this.wanted = wanted;
    this.kinds = new HashSet<>(search.kinds());
    this.authors = new HashSet<>(search.authors());
  }

  /// Where the search goes on; null = it was read to its end.
  @Nullable Spot next() {
    return next;
  }

  /// The rows of the slice, the ranges of the search and what waits merged by the order of the
  /// index.
  List<MarkRow> merged() throws SQLException {
    List<MarkRange> ranges = MarkRange.of(search);
    List<MarkRow> fresh = waiting.wanted(search, window);
    if (isOfCrowd(ranges)) {
      List<MarkRow> rows = ofCrowd();
      if (rows.size() == wanted) {
        return newest(rows, fresh);
      }
    }
    int chunk = Math.clamp(2L * wanted / ranges.size(), CHUNK_MIN, CHUNK_MAX);
    if (ranges.size() == 1) {
      chunk = Math.clamp(wanted, CHUNK_MIN, CHUNK_MAX);
    }
    PriorityQueue<Run> runs =
        new PriorityQueue<>(Comparator.comparing(run -> run.rows.element().spot()));
    List<List<MarkRow>> firsts = queries.first(session, ranges, window, chunk);
    for (int index = 0; index < ranges.size(); index++) {
      List<MarkRow> rows = firsts.get(index);
      if (!rows.isEmpty()) {
        runs.add(new Run(ranges.get(index), rows, chunk));
      }
    }
    if (!fresh.isEmpty()) {
      runs.add(new Run(ranges.getFirst(), fresh, Integer.MAX_VALUE)); // whole: nothing is behind it
    }
    return merge(runs);
  }

  /// The first of both, as many as are wanted.
  ///
  /// @param rows as many
  private List<MarkRow> newest(List<MarkRow> rows, List<MarkRow> fresh) {
    List<MarkRow> merged =
        Stream.concat(rows.stream(), fresh.stream())
            .sorted(Comparator.comparing(MarkRow::spot))
            .limit(wanted)
            .toList();
    next = merged.getLast().spot();
    return merged;
  }

  private boolean isOfCrowd(List<MarkRange> ranges) {
    return authors.size() >= CROWD_MIN
        && switch (ranges.getFirst().by()) {
          case AUTHOR, AUTHOR_KIND -> true;
          case TIE, TAG, KIND, TIME -> false;
        };
  }

  private List<MarkRow> ofCrowd() throws SQLException {
    MarkRange everybody = MarkRange.ofAnybody(kinds);
    return queries
        .ofAuthors(session, everybody, authors, window, CROWD_SCANNED_MAX, wanted)
        .stream()
        .filter(this::isWanted)
        .toList();
  }

  private List<MarkRow> merge(PriorityQueue<Run> runs) throws SQLException {
    List<MarkRow> merged = new ArrayList<>();
    long lastId = -1;
    Spot last = null;
    while (!runs.isEmpty() && merged.size() < wanted && scanned < SCANNED_MAX) {
      Run run = runs.remove();
      MarkRow row = run.rows.remove();
      scanned++;
      last = row.spot();
      if (row.id() != lastId && isWanted(row)) {
        merged.add(row);
      }
      lastId = row.id();
      if (run.hasMore(row)) {
        runs.add(run);
      }
    }
    next = runs.isEmpty() ? null : last;
    return merged;
  }

  private boolean isWanted(MarkRow row) {
    return !waiting.gone().contains(row.id())
        && (kinds.isEmpty() || kinds.contains(row.kind()))
        && (authors.isEmpty() || authors.contains(row.author()));
  }

  /// A range and what was read of it.
  private final class Run {

    private final MarkRange range;
    private final Deque<MarkRow> rows;
    private int chunk;
    private boolean whole;

    Run(MarkRange range, List<MarkRow> rows, int chunk) {
      this.range = range;
      this.rows = new ArrayDeque<>(rows);
      this.chunk = chunk;
      this.whole = rows.size() < chunk;
    }

    boolean hasMore(MarkRow behind) throws SQLException {
      if (rows.isEmpty() && !whole) {
        chunk = Math.min(CHUNK_MAX, 2 * chunk);
        List<MarkRow> more =
            queries.first(session, List.of(range), window.behind(behind.spot()), chunk).getFirst();
        rows.addAll(more);
        whole = more.size() < chunk;
      }
      return !rows.isEmpty();
    }
  }
}
