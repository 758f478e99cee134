package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.FoundPage;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import dev.anabranch.kernel.store.PageLimit;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the index of marked changes: the ranges of a search are merged by the order of the index,
/// and reading stops as soon as a slice is full.
///
/// A slice scans a bounded number of rows, also when few of them are what is looked for: a search
/// that finds nothing must not keep others waiting (the caller comes back for the next slice).
final class MarkReader {

  /// The most index rows that one slice looks at, besides the first of each range.
  private static final int SCANNED_MAX = 4000;

  /// From so many authors on, the newest rows of all authors are looked through first.
  private static final int CROWD_MIN = 40;

  /// How many rows of all authors are looked through: they cost about a quarter of what the ranges
  /// of so many authors do, and are the whole answer wherever the crowd is a few percent of
  /// everybody.
  private static final int CROWD_SCANNED_MAX = 2000;

  private static final int CHUNK_MIN = 8;
  private static final int CHUNK_MAX = 1000;

  private static final String AFTER =
      "select m.id, m.time, m.tie, "
          + MarkProof.COLUMN
          + " from "
          + MarkProof.TABLES
          + " where m.id > ? order by m.id limit ?";
  private static final String EXPIRED =
      "select m.id, m.time, m.tie, "
          + MarkProof.COLUMN
          + " from "
          + MarkProof.TABLES
          + " where m.expires_at <= ? order by m.expires_at limit ?";

  // One probe of one index, and the original with it.
  private static final String NAMED =
      "select "
          + MarkRow.columns("m")
          + ", "
          + MarkProof.COLUMN
          + " from "
          + MarkProof.TABLES
          + " where m.tie = ? and m.time between ? and ? order by m.time desc limit"
          + " ?";

  private final MarkQueries queries;

  MarkReader(MarkQueries queries) {
    this.queries = queries;
  }

  List<Found> after(Session session, long afterId, PageLimit limit) throws SQLException {
    return listed(session, AFTER, afterId, limit);
  }

  List<Found> expired(Session session, long time, PageLimit limit) throws SQLException {
    return listed(session, EXPIRED, time, limit);
  }

  private static List<Found> listed(Session session, String sql, long from, PageLimit limit)
      throws SQLException {
    List<Found> found = new ArrayList<>();
    PreparedStatement select = session.bind(sql, from, limit.countMax());
    long bytes = 0;
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        byte[] proof = row.getBytes(4);
        if (proof == null) {
          continue; // erased by a batch of this moment
        }
        bytes += proof.length;
        if (!found.isEmpty() && bytes > limit.bytesMax()) {
          break;
        }
        Spot spot = new Spot(row.getLong(2), row.getLong(3));
        found.add(new Found(row.getLong(1), spot, Objects.requireNonNull(ChangeRow.bytes(proof))));
      }
    }
    return found;
  }

  FoundPage find(Session session, Search search, @Nullable Spot after, PageLimit limit)
      throws SQLException {
    MarkWindow window = MarkWindow.of(search, after);
    if (window.since() > window.until()) {
      return new FoundPage(List.of(), null);
    }
    if (search.ties().size() == 1 && search.words().isEmpty() && window.tieAfter() == null) {
      return named(session, search, window, limit);
    }
    Scan scan = new Scan(session, search, window, limit.countMax());
    List<MarkRow> rows = search.words().isEmpty() ? scan.merged() : scan.worded();
    return page(rows, proofs(session, rows), scan.next, limit);
  }

  private static FoundPage named(Session session, Search search, MarkWindow window, PageLimit limit)
      throws SQLException {
    PreparedStatement select =
        session.bind(
            NAMED, search.ties().getFirst(), window.since(), window.until(), limit.countMax());
    List<MarkRow> rows = new ArrayList<>();
    Map<Long, MarkProof> proofs = new HashMap<>();
    int scanned = 0;
    Spot last = null;
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        MarkRow mark = MarkRow.read(row, 1);
        scanned++;
        last = mark.spot();
        byte[] proof = row.getBytes(6);
        if (proof != null && isWanted(search, mark)) {
          rows.add(mark);
          proofs.put(mark.id(), new MarkProof(mark.id(), Bytes.of(proof)));
        }
      }
    }
    return page(rows, proofs, scanned == limit.countMax() ? last : null, limit);
  }

  private static boolean isWanted(Search search, MarkRow row) {
    return (search.kinds().isEmpty() || search.kinds().contains(row.kind()))
        && (search.authors().isEmpty() || search.authors().contains(row.author()));
  }

  private Map<Long, MarkProof> proofs(Session session, List<MarkRow> rows) throws SQLException {
    Map<Long, MarkProof> proofs = new HashMap<>();
    if (!rows.isEmpty()) {
      List<Long> ids = rows.stream().map(MarkRow::id).toList();
      queries.proofs(session, ids).forEach(proof -> proofs.put(proof.id(), proof));
    }
    return proofs;
  }

  private static FoundPage page(
      List<MarkRow> rows, Map<Long, MarkProof> proofs, @Nullable Spot scannedTo, PageLimit limit) {
    List<Found> found = new ArrayList<>();
    long bytes = 0;
    for (MarkRow row : rows) {
      MarkProof proof = proofs.get(row.id());
      if (proof == null) {
        continue;
      }
      bytes += proof.proof().size();
      if (!found.isEmpty() && bytes > limit.bytesMax()) {
        return new FoundPage(found, found.getLast().spot());
      }
      found.add(new Found(row.id(), row.spot(), proof.proof()));
    }
    return new FoundPage(found, scannedTo);
  }

  /// One slice under way.
  private final class Scan {

    private final Session session;
    private final Search search;
    private final MarkWindow window;
    private final int wanted;
    private final Set<Integer> kinds;
    private final Set<Long> authors;
    private @Nullable Spot next;
    private int scanned;

    Scan(Session session, Search search, MarkWindow window, int wanted) {
      this.session = session;
      this.search = search;
      this.window = window;
      this.wanted = wanted;
      this.kinds = new HashSet<>(search.kinds());
      this.authors = new HashSet<>(search.authors());
    }

    List<MarkRow> worded() throws SQLException {
      int rowsMax = Math.min(SCANNED_MAX, wanted);
      List<MarkRow> rows = queries.withWords(session, search.words(), window, rowsMax);
      next = rows.size() == rowsMax ? rows.getLast().spot() : null;
      return rows.stream().filter(this::isWanted).toList();
    }

    List<MarkRow> merged() throws SQLException {
      List<MarkRange> ranges = MarkRange.of(search);
      if (isOfCrowd(ranges)) {
        List<MarkRow> rows = ofCrowd();
        if (rows.size() == wanted) {
          next = rows.getLast().spot();
          return rows;
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
      return merge(runs);
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
      return (kinds.isEmpty() || kinds.contains(row.kind()))
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
              queries
                  .first(session, List.of(range), window.behind(behind.spot()), chunk)
                  .getFirst();
          rows.addAll(more);
          whole = more.size() < chunk;
        }
        return !rows.isEmpty();
      }
    }
  }
}
