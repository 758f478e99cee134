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
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        MarkProof proof = MarkProof.read(row.getLong(1), row.getBytes(4));
        if (proof == null) {
          continue; // erased by a batch of this moment
        }
        bytes += proof.proof().size();
        if (!found.isEmpty() && bytes > limit.bytesMax()) {
          break;
        }
        Spot spot = new Spot(row.getLong(2), row.getLong(3));
        found.add(new Found(proof.id(), spot, proof.proof()));
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
    if (search.words().isEmpty()) {
      MarkScan scan = new MarkScan(queries, session, search, window, limit.countMax());
      List<MarkRow> rows = scan.merged();
      return page(rows, some -> proofs(session, some), scan.next(), limit);
    }
    return isAnyRare(session, search.words())
        ? ofRareWords(session, search, window, limit)
        : ofCommonWords(session, search, window, limit);
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
  private FoundPage ofRareWords(Session session, Search search, MarkWindow window, PageLimit limit)
      throws SQLException {
    int rowsMax = Math.min(MarkScan.SCANNED_MAX, limit.countMax());
    List<MarkRow> rows = queries.withWords(session, search.words(), window, rowsMax);
    Spot next = rows.size() == rowsMax ? rows.getLast().spot() : null;
    List<MarkRow> wanted = rows.stream().filter(row -> isWanted(search, row)).toList();
    return page(wanted, some -> proofs(session, some), next, limit);
  }

  /// By the order of the rows: of marks that have common words the newest are near, and where they
  /// are not, the caller comes back for the next slice.
  private FoundPage ofCommonWords(
      Session session, Search search, MarkWindow window, PageLimit limit) throws SQLException {
    MarkScan scan = new MarkScan(queries, session, search, window, WORDED_MAX);
    List<MarkRow> looked = scan.merged();
    Set<Long> having =
        looked.isEmpty()
            ? Set.of()
            : queries.having(session, search.words(), looked.stream().map(MarkRow::id).toList());
    List<MarkRow> rows =
        looked.stream().filter(row -> having.contains(row.id())).limit(limit.countMax()).toList();
    Spot next = rows.size() == limit.countMax() ? rows.getLast().spot() : scan.next();
    return page(rows, some -> proofs(session, some), next, limit);
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
        MarkProof proof = MarkProof.read(mark.id(), row.getBytes(6));
        if (proof != null && isWanted(search, mark)) {
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

  /// Where the originals of some rows come from.
  @FunctionalInterface
  private interface Originals {
    Map<Long, MarkProof> of(List<MarkRow> rows) throws SQLException;
  }

  /// A page that is full by its bytes leaves most of the other originals alone (K11).
  private static FoundPage page(
      List<MarkRow> rows, Originals originals, @Nullable Spot scannedTo, PageLimit limit)
      throws SQLException {
    List<Found> found = new ArrayList<>();
    long bytes = 0;
    for (int from = 0; from < rows.size(); from += PROOFS_READ) {
      List<MarkRow> some = rows.subList(from, Math.min(rows.size(), from + PROOFS_READ));
      Map<Long, MarkProof> proofs = originals.of(some);
      for (MarkRow row : some) {
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
    }
    return new FoundPage(found, scannedTo);
  }
}
