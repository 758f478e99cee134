package dev.anabranch.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.FoundPage;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import dev.anabranch.kernel.store.PageLimit;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// How many originals a page of a search reads.
class MarkReaderTest {

  private static final int ROWS = 1_000;
  private static final Bytes PROOF = Bytes.of(new byte[10_000]);

  @Test
  void aPageThatIsFullByItsBytesDoesNotReadAllOriginals() throws SQLException {
    Large queries = new Large();
    FoundPage page = page(queries, null, 100_000);
    assertThat(page.found()).hasSize(10);
    assertThat(queries.read).isLessThan(ROWS / 2);
  }

  @Test
  void pagesInARowGiveEverythingOnce() throws SQLException {
    Large queries = new Large();
    List<Long> ids = new ArrayList<>();
    Spot next = null;
    do {
      FoundPage page = page(queries, next, 3_000_000);
      page.found().stream().map(Found::id).forEach(ids::add);
      next = page.next();
    } while (next != null);
    assertThat(ids).isEqualTo(LongStream.rangeClosed(1, ROWS).boxed().toList());
  }

  private static FoundPage page(Large queries, @Nullable Spot after, int bytesMax)
      throws SQLException {
    Search search =
        new Search(List.of(), List.of(), List.of(), List.of(), List.of("word"), 0, ROWS);
    try (Session session = new Session(DriverManager.getConnection("jdbc:sqlite::memory:"))) {
      return new MarkReader(queries).find(session, search, after, new PageLimit(ROWS, bytesMax));
    }
  }

  /// A database of a thousand marks with one rare word, each with a large original; the last one
  /// has the earliest time.
  private static final class Large extends NoMarks {
    private int read;

    @Override
    public List<MarkRow> withWords(
        Session session, List<String> words, MarkWindow window, int rowsMax) {
      return LongStream.rangeClosed(1, ROWS)
          .filter(id -> ROWS - id <= window.until())
          .filter(id -> ROWS - id < window.until() || window.tieAfter() == null)
          .limit(rowsMax)
          .mapToObj(id -> new MarkRow(id, new Spot(ROWS - id, id), 1, 1))
          .toList();
    }

    @Override
    public List<MarkProof> proofs(Session session, List<Long> ids) {
      read += ids.size();
      return ids.stream().map(id -> new MarkProof(id, PROOF)).toList();
    }
  }
}
