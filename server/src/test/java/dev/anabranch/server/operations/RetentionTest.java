package dev.anabranch.server.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.server.configuration.RetentionSettings;
import dev.anabranch.server.configuration.RetentionSettings.Rule;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How far the floor of a scope with ten changes rises, one a day, the last one day old.
class RetentionTest {

  private static final ScopeName CHAT = new ScopeName("chat:1");
  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  private final MemoryStore store = MemoryStore.fresh();
  private final TestWriter writer = new TestWriter(store);
  private final Retention retention = new Retention(new RetentionSettings(1, List.of()));

  RetentionTest() {
    for (int day = 0; day < 10; day++) {
      EntityKey note = new EntityKey(CHAT, TestModels.NOTE, new EntityId("n" + day % 3));
      writer.apply(Write.insert(new WriteKey("k" + day), note, JsonObject.EMPTY.with("day", day)));
      writer.pass(DAY_MILLIS);
    }
  }

  private static Rule keeping(int days, int changes) {
    return new Rule(new ScopePattern("chat:*"), days, changes);
  }

  private long floor(Rule rule, long nowMillis) {
    return retention.floorOf(store.head(CHAT), rule, store, nowMillis);
  }

  @ParameterizedTest
  @CsvSource({"1, 9", "3, 7", "9, 1", "10, 0", "36500, 0"})
  void whatIsOlderThanTheDaysMayGoAndWhatIsJustAsOldStays(int days, long floor) {
    assertThat(floor(keeping(days, 0), writer.nowMillis())).isEqualTo(floor);
  }

  @Test
  void aMillisecondLaterTheNextOneMayGo() {
    assertThat(floor(keeping(3, 0), writer.nowMillis() + 1)).isEqualTo(8);
  }

  @Test
  void whenAllIsOldAllMayGo() {
    assertThat(floor(keeping(1, 0), writer.nowMillis() + 30 * DAY_MILLIS)).isEqualTo(10);
  }

  @Test
  void ofAgeAndNumberTheOneThatKeepsLessDecides() {
    assertThat(floor(keeping(3, 5), writer.nowMillis())).isEqualTo(7);
    assertThat(floor(keeping(8, 5), writer.nowMillis())).isEqualTo(5);
  }

  @Test
  void theOlderChangesAreGoneAndTheYoungerOnesAreThere() {
    store.raiseFloor(CHAT, floor(keeping(3, 0), writer.nowMillis()), TestModels::ruleOf);

    PageLimit all = new PageLimit(100, 1 << 20);
    assertThat(store.head(CHAT).floorSeq()).isEqualTo(7);
    assertThat(store.change(CHAT, 7)).isEmpty();
    assertThat(store.read(CHAT, 6, all)).isInstanceOf(Reading.Refetch.class);
    assertThat(((Reading.Page) store.read(CHAT, 7, all)).changes())
        .extracting(change -> change.seq())
        .containsExactly(8L, 9L, 10L);
    assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
  }

  @Test
  void aFloorNeverSinks() {
    store.raiseFloor(CHAT, 7, TestModels::ruleOf);

    assertThat(floor(keeping(9, 0), writer.nowMillis())).isEqualTo(7);
    assertThat(floor(keeping(2, 0), writer.nowMillis())).isEqualTo(8);
  }
}
