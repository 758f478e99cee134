package dev.anabranch.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.FoundPage;
import dev.anabranch.kernel.mark.Mark;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.model.Schema;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The exam that every store sits about marked changes; [MemoryStore] sits it first.
///
/// An original here is a line of text that says its mark itself.
@SuppressWarnings("NullAway.Init") // JUnit calls openStore first
public abstract class MarksContract {

  private static final ModelName SIGNED = new ModelName("signed");
  private static final Models MODELS =
      new Models(
          List.of(
              new Model(
                  SIGNED,
                  new NewestRule(),
                  Right.WRITE,
                  Model.BYTES_MAX_DEFAULT,
                  Set.of(),
                  Schema.ANY,
                  MarksContract::markOf)),
          Map.of());
  private static final ScopeName HOME = new ScopeName("user:home");
  private static final PageLimit ALL = new PageLimit(10_000, 64 * 1024 * 1024);
  private static final long NO_BOUND = Long.MAX_VALUE;

  private Store store;
  private TestWriter writer;

  /// Opens this test's database: empty the first time, after a close the same one again.
  protected abstract Store open();

  @BeforeEach
  protected final void openStore() {
    open(open());
  }

  /// Goes on with another store.
  protected final void open(Store other) {
    store = other;
    writer = new TestWriter(store, MODELS);
  }

  /// Writes an entity with a mark, at the mark's time.
  protected final void write(String id, Mark mark) {
    writer.apply(insert(id, mark).at(mark.time()));
  }

  /// Deletes an entity at a time.
  protected final void remove(String id, long at) {
    writer.apply(Write.delete(new WriteKey("gone " + id), key(id)).at(at));
  }

  /// Has a scope's changes forgotten.
  protected final void raiseFloor(long seq) {
    store.raiseFloor(HOME, seq, model -> MODELS.of(model).rule());
  }

  /// What this test's database is opened as.
  protected final Store store() {
    return store;
  }

  @AfterEach
  protected final void closeStore() {
    store.close();
  }

  @Test
  void findsWhatANaiveSearchFindsInTheSameOrder() {
    Random random = new Random(20_261_129);
    Map<Long, Mark> all = fill(random, 600);
    for (int round = 0; round < 250; round++) {
      Search search = search(random, all.values().stream().toList());
      List<Spot> expected =
          all.entrySet().stream()
              .filter(one -> search.finds(one.getValue()))
              .map(one -> one.getValue().spot())
              .sorted()
              .toList();
      PageLimit limit = new PageLimit(1 + random.nextInt(60), 1 + random.nextInt(4000));
      assertThat(spots(search, limit, all)).as("%s", search).isEqualTo(expected);
    }
  }

  @Test
  void scansManyRowsInBoundedSlices() {
    Map<Long, Mark> all = new HashMap<>();
    for (int batch = 0; batch < 10; batch++) {
      List<Commit> calls = new ArrayList<>();
      for (int index = 0; index < 500; index++) {
        long n = batch * 500L + index;
        Mark mark = new Mark(n, 7, n == 0 ? 2 : 1, n, null, List.of(5L), Set.of());
        all.put(n + 1, mark);
        calls.add(Commit.of(TestWriter.OWNER, insert("e" + n, mark)));
      }
      writer.batch(calls);
    }
    Search rare = new Search(List.of(), List.of(), List.of(2), List.of(5L), List.of(), 0, NO_BOUND);
    assertThat(spots(rare, ALL, all)).containsExactly(new Spot(0, 0));
  }

  @Test
  void findsCommonAndRareWordsInBoundedSlices() {
    Random random = new Random(31);
    Map<Long, Mark> all = new HashMap<>();
    for (int batch = 0; batch < 11; batch++) {
      List<Commit> calls = new ArrayList<>();
      for (int index = 0; index < 500; index++) {
        long n = batch * 500L + index;
        Set<String> words = new HashSet<>(List.of("common", n % 2 == 0 ? "even" : "odd"));
        if (n < 2500) {
          words.add("early");
        }
        if (n % 700 == 3) {
          words.add("rare");
        }
        long time = n % 5 == 0 ? random.nextInt(600) : n / 10;
        Mark mark =
            new Mark(random.nextLong(), random.nextInt(200), 1, time, null, List.of(), words);
        all.put(n + 1, mark);
        calls.add(Commit.of(TestWriter.OWNER, insert("e" + n, mark)));
      }
      writer.batch(calls);
    }
    for (List<String> words :
        List.of(
            List.of("common"),
            List.of("early"),
            List.of("rare"),
            List.of("common", "rare"),
            List.of("even", "early"),
            List.of("even", "odd"),
            List.of("common", "nowhere"))) {
      for (List<Long> authors : List.of(List.<Long>of(), List.of(7L), List.of(3L, 9L, 100L))) {
        for (long until : List.of(NO_BOUND, 200L)) {
          Search search = new Search(List.of(), authors, List.of(), List.of(), words, 20, until);
          List<Spot> expected =
              all.values().stream().filter(search::finds).map(Mark::spot).sorted().toList();
          for (int count : List.of(until == 200 ? 7 : 61, 500)) {
            assertThat(spots(search, new PageLimit(count, 64 * 1024), all))
                .as("%s", search)
                .isEqualTo(expected);
          }
        }
      }
    }
    Search never =
        new Search(List.of(), List.of(), List.of(), List.of(), List.of("even", "odd"), 0, NO_BOUND);
    if (isSliced()) {
      assertThat(store.find(never, null, ALL).next()).isNotNull();
    }
  }

  /// Whether a search that finds nothing is broken off after so many rows, and goes on from there.
  protected boolean isSliced() {
    return false;
  }

  @Test
  void findsTheNewestOfACrowdOfAuthorsWhetherTheyWriteOftenOrSeldom() {
    Random random = new Random(30);
    Map<Long, Mark> all = new HashMap<>();
    for (int batch = 0; batch < 6; batch++) {
      List<Commit> calls = new ArrayList<>();
      for (int index = 0; index < 500; index++) {
        long n = batch * 500L + index;
        // The second half of the authors fell silent early.
        long author = random.nextInt(n < 400 ? 100 : 50);
        int kind = 1 + random.nextInt(3);
        Mark mark = new Mark(random.nextLong(), author, kind, n / 10, null, List.of(), Set.of());
        all.put(n + 1, mark);
        calls.add(Commit.of(TestWriter.OWNER, insert("e" + n, mark)));
      }
      writer.batch(calls);
    }
    for (List<Integer> kinds : List.of(List.<Integer>of(), List.of(1), List.of(1, 3))) {
      for (int first : List.of(0, 20, 55)) {
        List<Long> crowd = LongStream.range(first, first + 45).boxed().toList();
        Search search =
            new Search(List.of(), crowd, kinds, List.of(), List.of(), 12, first == 20 ? 250 : 400);
        List<Spot> expected =
            all.values().stream().filter(search::finds).map(Mark::spot).sorted().toList();
        for (int count : first == 20 ? List.of(1, 7, 100) : List.of(7, 100)) {
          PageLimit limit = new PageLimit(count, 64 * 1024);
          assertThat(spots(search, limit, all)).as("%s", search).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void findsInTheOrderOfTheLogAndAfterAReopening() {
    Map<Long, Mark> all = fill(new Random(5), 40);
    store.close();
    openStore();
    PageLimit ten = new PageLimit(10, 1 << 20);
    List<Long> ids = new ArrayList<>();
    for (List<Found> page = store.findAfter(0, ten);
        !page.isEmpty();
        page = store.findAfter(ids.getLast(), ten)) {
      assertThat(page).hasSizeLessThanOrEqualTo(10);
      page.forEach(found -> ids.add(found.id()));
    }
    assertThat(ids).isEqualTo(all.keySet().stream().sorted().toList());
  }

  @Test
  void findsTheOriginalByteForByte() {
    Mark mark = new Mark(1, 2, 3, 4, null, List.of(), Set.of());
    Write write = insert("a", mark);
    writer.apply(write);
    assertThat(all(Search.ALL)).extracting(Found::proof).containsExactly(write.proof());
  }

  @Test
  void findsTheNewestOfWhatIsReplacedOnly() {
    Mark old = new Mark(1, 2, 3, 10, null, List.of(8L), Set.of("old"));
    Mark fresh = new Mark(2, 2, 3, 20, null, List.of(8L), Set.of("fresh"));
    writer.apply(insert("a", old).at(10));
    writer.apply(insert("a", fresh).at(20));
    assertThat(all(Search.ALL)).extracting(Found::spot).containsExactly(fresh.spot());
    assertThat(all(tagged(8))).extracting(Found::spot).containsExactly(fresh.spot());
    assertThat(all(worded("old"))).isEmpty();
    assertThat(all(worded("fresh"))).hasSize(1);
  }

  @Test
  void findsTheNewestOfOneBatch() {
    Mark old = new Mark(1, 2, 3, 10, null, List.of(8L), Set.of());
    Mark fresh = new Mark(2, 2, 3, 20, null, List.of(8L), Set.of());
    writer.batch(
        List.of(
            Commit.of(TestWriter.OWNER, insert("a", old).at(10)),
            Commit.of(TestWriter.OWNER, insert("a", fresh).at(20))));
    assertThat(all(Search.ALL)).extracting(Found::spot).containsExactly(fresh.spot());
  }

  @Test
  void erasesWhatIsDeletedFromTheLogToo() {
    Mark mark = new Mark(1, 2, 3, 10, null, List.of(8L), Set.of("secret"));
    writer.apply(insert("a", mark).at(10));
    writer.apply(insert("a", new Mark(2, 2, 3, 20, null, List.of(8L), Set.of("secret"))).at(20));
    writer.apply(insert("b", new Mark(3, 2, 3, 30, null, List.of(8L), Set.of("secret"))).at(30));
    remove("a", 40);
    assertThat(all(tagged(8))).extracting(Found::spot).containsExactly(new Spot(30, 3));
    assertThat(all(worded("secret"))).hasSize(1);
    for (long seq = 1; seq <= 4; seq++) {
      Change change = store.change(HOME, seq).orElseThrow();
      boolean gone = seq < 3;
      assertThat(change.erased()).isEqualTo(gone);
      assertThat(change.proof() == null).isEqualTo(gone || seq == 4);
      assertThat(change.data() == null).isEqualTo(gone || seq == 4);
    }
    assertThat(new FoldCheck(store, MODELS).everything()).isEmpty();
  }

  @Test
  void refusesWhatWasDeletedBeforeItCame() {
    remove("a", Long.MAX_VALUE / 2);
    Mark mark = new Mark(1, 2, 3, 10, null, List.of(), Set.of());
    assertThat(writer.write(insert("a", mark).at(10))).satisfies(MarksContract::isSuperseded);
    assertThat(writer.write(insert("b", mark).at(10).barredBy(List.of(key("a")))))
        .satisfies(MarksContract::isSuperseded);
    writer.apply(insert("c", mark).at(10).barredBy(List.of(key("never"))));
    assertThat(all(Search.ALL)).hasSize(1);
  }

  @Test
  void refusesWhatLivesInAnotherPlaceInWhicheverBatchItCame() {
    Mark mark = new Mark(1, 2, 3, 10, null, List.of(), Set.of());
    EntityKey other = new EntityKey(new ScopeName("chat:other"), SIGNED, new EntityId("a"));
    List<EntityKey> both = List.of(key("a"), other);
    Write here = insert("a", mark).at(10).barredBy(both);
    Write there =
        Write.insert(here.key(), other, Objects.requireNonNull(here.data()))
            .provenBy(Objects.requireNonNull(here.proof()))
            .at(10)
            .barredBy(both);
    List<List<Outcome>> outcomes =
        writer.batch(
            List.of(
                Commit.of(TestWriter.OWNER, here),
                Commit.of(TestWriter.OWNER, there),
                Commit.of(TestWriter.OWNER, here)));
    assertThat(outcomes.get(0)).allMatch(Outcome.Applied.class::isInstance);
    assertThat(outcomes.get(1)).allSatisfy(MarksContract::isSuperseded);
    assertThat(outcomes.get(2)).allMatch(Outcome.Duplicate.class::isInstance);
    store.close();
    openStore(); // whose writer remembers nothing
    writer.apply(insert("z", mark).at(10));
    Write again = Write.insert(new WriteKey("again"), other, Objects.requireNonNull(here.data()));
    assertThat(
            writer.write(
                again.provenBy(Objects.requireNonNull(here.proof())).at(10).barredBy(both)))
        .satisfies(MarksContract::isSuperseded);
    assertThat(all(Search.ALL)).hasSize(2);
    assertThat(new FoldCheck(store, MODELS).everything()).isEmpty();
  }

  @Test
  void refusesAChangeWithoutItsOriginal() {
    Outcome outcome =
        writer.write(Write.insert(new WriteKey("k"), key("a"), JsonObject.EMPTY.with("kind", 1)));
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) outcome).fault().code()).isEqualTo(FaultCode.INVALID);
  }

  @Test
  void findsWhatHasExpired() {
    writer.apply(insert("a", new Mark(1, 2, 3, 10, 50L, List.of(), Set.of())));
    writer.apply(insert("b", new Mark(2, 2, 3, 10, 60L, List.of(), Set.of())));
    writer.apply(insert("c", new Mark(3, 2, 3, 10, null, List.of(), Set.of())));
    assertThat(store.expired(49, ALL)).isEmpty();
    assertThat(store.expired(50, ALL)).extracting(Found::spot).containsExactly(new Spot(10, 1));
    assertThat(store.expired(70, ALL)).hasSize(2);
  }

  @Test
  void findsOriginalsWhoseChangesAreNoLongerRetained() {
    Mark mark = new Mark(1, 2, 3, 10, null, List.of(8L), Set.of("kept"));
    Write write = insert("a", mark);
    writer.apply(write);
    writer.apply(insert("b", new Mark(2, 2, 3, 20, null, List.of(), Set.of())));
    store.raiseFloor(HOME, 1, model -> MODELS.of(model).rule());
    assertThat(all(tagged(8))).extracting(Found::proof).containsExactly(write.proof());
    assertThat(all(Search.ALL)).hasSize(2);
    assertThat(store.findAfter(0, ALL)).hasSize(2);
  }

  private static void isSuperseded(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) outcome).fault().code()).isEqualTo(FaultCode.SUPERSEDED);
  }

  protected final Map<Long, Mark> fill(Random random, int count) {
    Map<Long, Mark> all = new HashMap<>();
    List<Commit> batch = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      List<Long> tags = random.longs(random.nextInt(4), 0, 12).distinct().boxed().toList();
      Set<String> words = new HashSet<>();
      random.ints(random.nextInt(5), 0, 9).forEach(word -> words.add("wört" + word));
      Mark mark =
          new Mark(
              random.nextLong(),
              random.nextInt(8),
              random.nextInt(5),
              1000 + random.nextInt(60),
              null,
              tags,
              words);
      all.put((long) index + 1, mark);
      batch.add(Commit.of(TestWriter.OWNER, insert("e" + index, mark)));
    }
    writer.batch(batch);
    return all;
  }

  private static Search search(Random random, List<Mark> marks) {
    boolean dated = random.nextBoolean();
    long since = dated ? 1000 + random.nextInt(60) : Long.MIN_VALUE;
    List<Long> ties = new ArrayList<>();
    if (random.nextInt(5) == 0) {
      random.ints(3, 0, marks.size()).forEach(index -> ties.add(marks.get(index).tie()));
    }
    return new Search(
        ties,
        random.nextBoolean()
            ? random.longs(1 + random.nextInt(6), 0, 9).boxed().toList()
            : List.of(),
        random.nextBoolean()
            ? random.ints(1 + random.nextInt(3), 0, 6).boxed().toList()
            : List.of(),
        random.nextBoolean()
            ? random.longs(1 + random.nextInt(3), 0, 13).boxed().toList()
            : List.of(),
        random.nextInt(4) == 0 ? List.of("wört" + random.nextInt(9)) : List.of(),
        since,
        dated ? since + random.nextInt(30) - 2 : Long.MAX_VALUE);
  }

  private List<Spot> spots(Search search, PageLimit limit, Map<Long, Mark> all) {
    List<Found> found = new ArrayList<>();
    @Nullable Spot next = null;
    int slices = 0;
    do {
      FoundPage page = store.find(search, next, limit);
      assertThat(page.found()).hasSizeLessThanOrEqualTo(limit.countMax());
      found.addAll(page.found());
      next = page.next();
      assertThat(++slices).isLessThan(3000);
    } while (next != null);
    return found.stream()
        .filter(one -> search.finds(Objects.requireNonNull(all.get(one.id()))))
        .map(Found::spot)
        .toList();
  }

  protected final List<Found> all(Search search) {
    FoundPage page = store.find(search, null, ALL);
    assertThat(page.next()).isNull();
    return page.found().stream().sorted(Comparator.comparing(Found::spot)).toList();
  }

  private static Search tagged(long tag) {
    return new Search(
        List.of(), List.of(), List.of(), List.of(tag), List.of(), Long.MIN_VALUE, NO_BOUND);
  }

  private static Search worded(String word) {
    return new Search(
        List.of(), List.of(), List.of(), List.of(), List.of(word), Long.MIN_VALUE, NO_BOUND);
  }

  private static EntityKey key(String id) {
    return new EntityKey(HOME, SIGNED, new EntityId(id));
  }

  private static Write insert(String id, Mark mark) {
    String line =
        mark.tie()
            + ";"
            + mark.author()
            + ";"
            + mark.kind()
            + ";"
            + mark.time()
            + ";"
            + mark.expiresAt()
            + ";"
            + mark.tags().toString().replaceAll("[\\[\\] ]", "")
            + ";"
            + String.join(",", mark.words())
            + ";.";
    JsonObject data = JsonObject.EMPTY.with("kind", mark.kind());
    return Write.insert(new WriteKey(id + "/" + mark.time() + "/" + mark.tie()), key(id), data)
        .provenBy(Bytes.of(line.getBytes(StandardCharsets.UTF_8)));
  }

  private static Optional<Mark> markOf(Change change) {
    assertThat(change.action()).isNotEqualTo(Action.DELETE);
    Bytes proof = change.proof();
    if (proof == null) {
      return Optional.empty();
    }
    String[] parts = new String(proof.toArray(), StandardCharsets.UTF_8).split(";", -1);
    List<Long> tags =
        parts[5].isEmpty()
            ? List.of()
            : Arrays.stream(parts[5].split(",", -1)).map(Long::parseLong).toList();
    Set<String> words =
        parts[6].isEmpty() ? Set.of() : Set.copyOf(List.of(parts[6].split(",", -1)));
    return Optional.of(
        new Mark(
            Long.parseLong(parts[0]),
            Long.parseLong(parts[1]),
            Integer.parseInt(parts[2]),
            Long.parseLong(parts[3]),
            parts[4].equals("null") ? null : Long.parseLong(parts[4]),
            tags,
            words));
  }
}
