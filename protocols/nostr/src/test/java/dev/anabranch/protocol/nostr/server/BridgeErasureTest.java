package dev.anabranch.protocol.nostr.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineLimits;
import dev.anabranch.engine.EngineObserver;
import dev.anabranch.engine.EngineThreads;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.commit.MergeInspection;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.model.Schema;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.testkit.MemoryStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Events of the bridge stand in places of their own, and are erased there.
@Timeout(60)
class BridgeErasureTest {

  private static final ModelName MESSAGE = new ModelName("Message");
  private static final ScopeName CHAT = new ScopeName("chat:c1");
  private static final Caller OWNER =
      new Caller(new PrincipalId("owner"), Authority.OWNER, "scope");
  private static final SecretKey BRIDGE = SecretKey.generate(new Random(7));

  private static final SecretKey ANN_KEY = MemoryRelay.key(1);
  private static final Caller ANN = named(ANN_KEY);
  private static final Caller BOB = named(MemoryRelay.key(2));
  private static final EntityKey POLL =
      new EntityKey(CHAT, new ModelName("poll"), new EntityId("p"));
  private static final EntityKey TASK =
      new EntityKey(new ScopeName("org:1"), new ModelName("task"), new EntityId("t"));

  private final InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000));
  private final RecentEvents recent = new RecentEvents(64);
  private final Engine engine = engine();
  private NostrAccess access = NostrAccess.OPEN;
  private final NostrGateway gateway =
      new NostrGateway(
          engine,
          engine,
          engine,
          new NostrPolicy(NostrLimits.DEFAULT, () -> access),
          NostrGuards.NONE,
          recent,
          () -> new RelayInformation("test", "", "", "", "", "", "", ""),
          Set.of("127.0.0.1"),
          Identities.PLAIN,
          SeedKinds.SHAPE,
          BRIDGE.publicKey(),
          new NostrSeams(
              clock, () -> 0, new Random(2), Runnable::run, Runnable::run, (m, task) -> {}),
          new SilentObserver());
  private boolean isListed;
  private int keys;

  private static Caller named(SecretKey key) {
    return new Caller(new PrincipalId(key.publicKey().hex()), Authority.OWNER, "scope");
  }

  private Engine engine() {
    Model event =
        new Model(
            NostrChanges.EVENT,
            new NewestRule(),
            Right.WRITE,
            Model.BYTES_MAX_DEFAULT,
            Set.of(),
            Schema.ANY,
            new EventMarking(recent));
    return new Engine(
        MemoryStore::fresh,
        new Models(List.of(event), Map.of("message", MESSAGE)),
        new EngineThreads(
            Runnable::run, Runnable::run, Runnable::run, (millis, task) -> {}, clock, () -> 0),
        EngineLimits.DEFAULT,
        new EngineObserver() {},
        MergeInspection.NONE,
        new EventDerivation(
            SeedKinds.SHAPE,
            MESSAGE,
            recent,
            new Bridge(
                BRIDGE, () -> "http://here/", SeedKinds.SHAPE, MESSAGE, others -> isListed)));
  }

  private void write(String id, String content) {
    EntityKey message = new EntityKey(CHAT, MESSAGE, new EntityId(id));
    set(OWNER, message, "content", content);
  }

  private void set(Caller by, EntityKey entity, String field, String value) {
    commit(by, Write.insert(next(), entity, JsonObject.EMPTY.with(field, value)));
  }

  private WriteKey next() {
    return new WriteKey("k" + keys++);
  }

  private void commit(Caller by, Write write) {
    assertThat(engine.commit(Commit.of(by, write)).toCompletableFuture().join())
        .allMatch(Outcome.Applied.class::isInstance);
  }

  private List<Event> shown() {
    return StoredEvents.whole(engine, List.of(Filter.ANY), all -> true, Sieve.OPEN, 100)
        .gather()
        .toCompletableFuture()
        .join();
  }

  private void ban(Event event) {
    Moderation bans =
        Moderation.NONE.with(
            new Decision(
                Subject.of(event.id()),
                new Standing(Standing.Word.BANNED, "", Places.shownBy(event).orElseThrow())));
    access = bans.over(NostrAccess.OPEN);
  }

  @Test
  void whatIsBannedIsErasedWithWhateverTakesItsPlace() {
    write("good", "good");
    write("bad", "bad");
    Event bad =
        shown().stream().filter(each -> each.content().equals("bad")).findFirst().orElseThrow();
    ban(bad);
    assertThat(gateway.eraseBanned().toCompletableFuture().join()).isTrue();
    assertThat(shown()).extracting(Event::content).containsExactly("good");
    write("bad", "bad again");
    assertThat(shown()).hasSize(2);
    assertThat(shown())
        .filteredOn(access::hides)
        .extracting(Event::content)
        .containsExactly("bad again");
    assertThat(gateway.eraseBanned().toCompletableFuture().join()).isTrue();
    assertThat(shown()).extracting(Event::content).containsExactly("good");
  }

  @Test
  void retentionErasesThemToo() {
    write("one", "1");
    write("two", "2");
    write("three", "3");
    RetentionRule newest = new RetentionRule(List.of(), Set.of(), 0, 1, 0);
    assertThat(gateway.retain(List.of(newest)).toCompletableFuture().join()).isEqualTo(2);
    assertThat(shown()).hasSize(1);
    write("one", "and edited in the same second");
    assertThat(shown()).hasSize(2);
  }

  private List<Event> ofTheBridge() {
    return shown().stream().filter(event -> event.author().equals(BRIDGE.publicKey())).toList();
  }

  private void annVanishes() {
    Event request = MemoryRelay.event(ANN_KEY, Kinds.VANISH, "", Tag.of("relay", "ALL_RELAYS"));
    MemoryRelay.publish(new TestLink(gateway), request);
  }

  @Test
  void whatWasShownIsTakenBackAlsoWhenItsScopeIsNoLongerListed() {
    for (EntityKey entity : List.of(POLL, TASK)) {
      isListed = true;
      set(OWNER, entity, "title", "one");
      assertThat(ofTheBridge()).extracting(Event::kind).contains(Kinds.APPLICATION);
      isListed = false;
      commit(OWNER, Write.delete(next(), entity));
      assertThat(ofTheBridge()).extracting(Event::kind).containsOnly(Kinds.DELETION);
    }
  }

  private void publish(Event event) {
    MemoryRelay.publish(new TestLink(gateway), event);
  }

  @Test
  void anEntityThatOnlyBearsTheNameOfAnEventOfTheSameMomentTakesNothingBack() {
    Event lesson =
        MemoryRelay.event(ANN_KEY, 1, "learn", Tag.of("t", "training"), Tag.of("quality", "5"));
    Event line = MemoryRelay.event(ANN_KEY, 9, "elsewhere", Tag.of("h", "c1"));
    publish(lesson);
    publish(line);
    EntityId learnt = new EntityId(lesson.id().hex());
    EntityKey bobs =
        new EntityKey(
            new ScopeName("user:" + BOB.principal()), new ModelName("training_data"), learnt);
    set(BOB, bobs, "content", "mine");
    commit(BOB, Write.delete(next(), bobs));
    EntityKey said = new EntityKey(CHAT, MESSAGE, new EntityId(line.id().hex()));
    set(BOB, said, "content", "mine");
    set(BOB, said, "content", "mine too");
    commit(BOB, Write.delete(next(), said));
    assertThat(shown()).contains(lesson, line);
    EntityKey anns =
        new EntityKey(
            new ScopeName("user:" + ANN.principal()), new ModelName("training_data"), learnt);
    commit(ANN, Write.delete(next(), anns));
    assertThat(shown()).contains(line).doesNotContain(lesson);
  }

  @Test
  void anEventOfAGroupWhoseNameNoScopeCanHaveIsDeletedInAnotherWay() {
    Event line = MemoryRelay.event(ANN_KEY, 9, "far away", Tag.of("h", "g".repeat(250)));
    commit(NostrChanges.relay(), NostrChanges.write(line, Bytes.of(line.jsonBytes())));
    assertThat(shown()).contains(line);
    commit(OWNER, Write.delete(next(), NostrChanges.entity(line)));
    assertThat(shown()).isEmpty();
  }

  @Test
  void whatWasNeverShownIsNotShownWhenItIsTakenBack() {
    set(ANN, TASK, "title", "one");
    commit(ANN, Write.delete(next(), TASK));
    set(BOB, POLL, "b", "by bob");
    set(ANN, POLL, "a", "by ann");
    set(ANN, new EntityKey(CHAT, MESSAGE, new EntityId("m")), "content", "leads to the chat");
    annVanishes();
    assertThat(ofTheBridge()).extracting(Event::kind).containsExactly(Kinds.DELETION);
  }

  @Test
  void whoVanishesGoesFromWhatWasShownOfAScopeThatIsNoLongerListed() {
    isListed = true;
    set(BOB, POLL, "b", "by bob");
    set(ANN, POLL, "a", "by ann");
    isListed = false;
    annVanishes();
    assertThat(ofTheBridge()).extracting(Event::content).containsExactly("{\"b\":\"by bob\"}");
  }

  @Test
  void whoVanishesGoesFromScopesThatAreNoChatsToo() {
    isListed = true;
    set(BOB, TASK, "b", "by bob");
    set(ANN, TASK, "a", "by ann");
    annVanishes();
    assertThat(ofTheBridge()).extracting(Event::content).containsExactly("{\"b\":\"by bob\"}");
  }
}
