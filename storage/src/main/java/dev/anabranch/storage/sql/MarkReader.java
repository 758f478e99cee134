package dev.anabranch.storage.sql;

import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.FoundPage;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import dev.anabranch.kernel.store.PageLimit;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads the index of marked changes: the ranges of a search are merged by the order of the index,
/// and reading stops as soon as a slice is full.
///
/// A slice scans a bounded number of rows, also when few of them are what is looked for: a search
/// that finds nothing must not keep others waiting (the caller comes back for the next slice).
final class MarkReader {

  /// From so many marks on a word is common: then rows are looked through in their order, and the
  /// words of each are asked for, instead of all that have the word.
  private static final int COMMON_MIN = 2000;

  /// The most rows of common words that one slice looks at.
  private static final int WORDED_MAX = 1000;

  /// How many originals are read before it is looked whether they fill the page.
  private static final int PROOFS_READ = 200;

  /// The most words that are asked for by themselves; the longest, which are seldom common.
  private static final int WORDS_ASKED_MAX = 8;

  private static final String LAST = "select coalesce(max(id), 0) from mark";
  private static final String AFTER =
      "select m.id, m.time, m.tie, "
          + MarkProof.columns("m.id")
          + " from mark m left join change c on c.id = m.id where m.id > ? order by m.id limit ?";
  private static final String EXPIRED =
      "select m.id, m.time, m.tie, "
          + MarkProof.columns("m.id")
          + " from mark m left join change c on c.id = m.id where m.expires_at <= ? order by"
          + " m.expires_at limit ?";

  // One probe of one index, and the original with it.
  private static final String NAMED =
      "select "
          + MarkRow.columns("m")
          + ", "
          + MarkProof.columns("m.id")
          + " from mark m left join change c on c.id = m.id where m.tie = ? and m.time between ?"
          + " and ? order by m.time desc limit ?";

  private final MarkQueries queries;

  MarkReader(MarkQueries queries) {
    this.queries = queries;
  }

  /// What waits has the greater ids, so that it stands behind the rest: where a log was laid in
  /// whose ids fall with each scope, nothing waits once the store was closed.
  List<Found> after(Session session, long afterId, PageLimit limit) throws SQLException {
    WaitingMarks waiting = waiting(session);
    List<MarkRow> rest = waiting.after(afterId, limit.countMax());
    return listed(session, AFTER, afterId, waiting.gone(), rest, limit);
  }

  List<Found> expired(Session session, long time, PageLimit limit) throws SQLException {
    WaitingMarks waiting = waiting(session);
    List<MarkRow> rest = waiting.expired(time, limit.countMax());
    return listed(session, EXPIRED, time, waiting.gone(), rest, limit);
  }

  /// The id of the last marked change; 0 = there is none.
  long lastId(Session session) throws SQLException {
    long waiting = waiting(session).marks().stream().mapToLong(WaitingMark::id).max().orElse(0);
    return Math.max(waiting, Objects.requireNonNull(session.first(LAST, row -> row.getLong(1))));
  }

  private WaitingMarks waiting(Session session) throws SQLException {
    WaitingBatches batches = queries.waiting();
    return batches == null ? WaitingMarks.NONE : batches.read(session);
  }

  private List<Found> listed(
      Session session,
      String sql,
      long bound,
      Set<Long> gone,
      List<MarkRow> waiting,
      PageLimit limit)
      throws SQLException {
    Listing listing = new Listing(limit.bytesMax());
    int left = limit.countMax();
    PreparedStatement select = session.bind(sql, bound, left + gone.size());
    try (ResultSet row = select.executeQuery()) {
      while (left > 0 && row.next()) {
        long id = row.getLong(1);
        if (gone.contains(id)) {
          continue;
        }
        left--;
        MarkProof proof = MarkProof.read(id, row, 4);
        if (!listing.takes(proof, new Spot(row.getLong(2), row.getLong(3)))) {
          return listing.found;
        }
      }
    }
    List<MarkRow> rest = waiting.subList(0, Math.min(waiting.size(), left));
    listing.takesAll(rest, some -> proofs(session, some));
    return listing.found;
  }

  /// Where the originals of some rows come from.
  @FunctionalInterface
  private interface Originals {
    Map<Long, MarkProof> of(List<MarkRow> rows) throws SQLException;
  }

  /// What was found so far, in a bounded number of bytes.
  private static final class Listing {
    private final List<Found> found = new ArrayList<>();
    private final long bytesMax;
    private long bytes;

    Listing(long bytesMax) {
      this.bytesMax = bytesMax;
    }

    /// Takes one more, unless it was erased by a batch of this moment; false = there is no room for
    /// it.
    boolean takes(@Nullable MarkProof proof, Spot spot) {
      if (proof == null) {
        return true;
      }
      bytes += proof.proof().size();
      if (!found.isEmpty() && bytes > bytesMax) {
        return false;
      }
      found.add(new Found(proof.id(), spot, proof.proof()));
      return true;
    }

    /// Takes the originals of some rows, a part of which is read at a time: where they fill the
    /// room, most of the others are left alone (K11); false = there was no room for all.
    boolean takesAll(List<MarkRow> rows, Originals originals) throws SQLException {
      for (int from = 0; from < rows.size(); from += PROOFS_READ) {
        List<MarkRow> some = rows.subList(from, Math.min(rows.size(), from + PROOFS_READ));
        Map<Long, MarkProof> proofs = originals.of(some);
        for (MarkRow row : some) {
          if (!takes(proofs.get(row.id()), row.spot())) {
            return false;
          }
        }
      }
      return true;
    }
  }

  FoundPage find(Session session, Search search, @Nullable Spot after, PageLimit limit)
      throws SQLException {
    MarkWindow window = MarkWindow.of(search, after);
    if (window.since() > window.until()) {
      return new FoundPage(List.of(), null);
    }
    WaitingMarks waiting = waiting(session);
    if (search.ties().size() == 1 && search.words().isEmpty() && window.tieAfter() == null) {
      List<MarkRow> fresh = waiting.wanted(search, window);
      if (fresh.isEmpty()) {
        return named(session, search, window, waiting.gone(), limit);
      }
    }
    if (search.words().isEmpty()) {
      MarkScan scan = new MarkScan(queries, session, search, window, waiting, limit.countMax());
      List<MarkRow> rows = scan.merged();
      return page(rows, some -> proofs(session, some), scan.next(), limit);
    }
    return isAnyRare(session, search.words())
        ? ofRareWords(session, search, window, waiting, limit)
        : ofCommonWords(session, search, window, waiting, limit);
  }

  private boolean isAnyRare(Session session, List<String> words) throws SQLException {
    List<String> asked =
        words.stream()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .limit(WORDS_ASKED_MAX)
            .toList();
    for (String word : asked) {
      if (queries.isRare(session, word, COMMON_MIN)) {
        return true;
      }
    }
    return false;
  }

  /// By the index of words: one of them has few marks in all.
  private FoundPage ofRareWords(
      Session session, Search search, MarkWindow window, WaitingMarks waiting, PageLimit limit)
      throws SQLException {
    int rowsMax = Math.min(MarkScan.SCANNED_MAX, limit.countMax());
    List<MarkRow> rows =
        Stream.concat(
                queries.withWords(session, search.words(), window, rowsMax).stream(),
                waiting.withWords(search, window).stream())
            .sorted(Comparator.comparing(MarkRow::spot))
            .limit(rowsMax)
            .toList();
    Spot next = rows.size() == rowsMax ? rows.getLast().spot() : null;
    List<MarkRow> wanted =
        rows.stream()
            .filter(row -> !waiting.gone().contains(row.id()) && isWanted(search, row))
            .toList();
    return page(wanted, some -> proofs(session, some), next, limit);
  }

  /// By the order of the rows: of marks that have common words the newest are near, and where they
  /// are not, the caller comes back for the next slice.
  private FoundPage ofCommonWords(
      Session session, Search search, MarkWindow window, WaitingMarks waiting, PageLimit limit)
      throws SQLException {
    MarkScan scan = new MarkScan(queries, session, search, window, waiting, WORDED_MAX);
    List<MarkRow> looked = scan.merged();
    Set<Long> having = new HashSet<>();
    if (!looked.isEmpty()) {
      List<Long> ids = looked.stream().map(MarkRow::id).toList();
      having.addAll(queries.having(session, search.words(), ids));
      having.addAll(waiting.having(search.words(), Set.copyOf(ids)));
    }
    List<MarkRow> rows =
        looked.stream().filter(row -> having.contains(row.id())).limit(limit.countMax()).toList();
    Spot next = rows.size() == limit.countMax() ? rows.getLast().spot() : scan.next();
    return page(rows, some -> proofs(session, some), next, limit);
  }

  private static FoundPage named(
      Session session, Search search, MarkWindow window, Set<Long> gone, PageLimit limit)
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
        MarkProof proof = MarkProof.read(mark.id(), row, 6);
        if (proof != null && !gone.contains(mark.id()) && isWanted(search, mark)) {
          rows.add(mark);
          proofs.put(mark.id(), proof);
        }
      }
    }
    return page(rows, ignored -> proofs, scanned == limit.countMax() ? last : null, limit);
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
      List<MarkRow> rows, Originals originals, @Nullable Spot scannedTo, PageLimit limit)
      throws SQLException {
    Listing listing = new Listing(limit.bytesMax());
    boolean hasRoom = listing.takesAll(rows, originals);
    return new FoundPage(listing.found, hasRoom ? scannedTo : listing.found.getLast().spot());
  }
}
