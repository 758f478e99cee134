package dev.anabranch.protocol.nostr.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineLimits;
import dev.anabranch.engine.EngineObserver;
import dev.anabranch.engine.EngineThreads;
import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.model.Schema;
import dev.anabranch.kernel.rule.VersionedRule;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.testkit.MemoryStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A vanishing while the kernel refuses, or others write.
@Timeout(60)
class VanishingTest {

  private static final long SECONDS = 1_700_000_000;
  private static final ModelName NOTE = new ModelName("note");
  private static final ModelName STRICT = new ModelName("strict");
  private static final ScopeName CHAT = new ScopeName("chat:c1");
  private static final Caller ANN = caller("ann");
  private static final Caller BOB = caller("bob");
  private static final PageLimit ALL = new PageLimit(10_000, 64 * 1024 * 1024);
  private static final EventId REQUEST = EventId.parse("5".repeat(64));
  private static final Schema WANTS_TITLE =
      data -> data.string("title").isPresent() ? Optional.empty() : Optional.of("no title");

  private final InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(SECONDS));
  private final Engine engine =
      new Engine(
          MemoryStore::fresh,
          new Models(
              List.of(
                  new Model(
                      STRICT,
                      new VersionedRule(),
                      Right.WRITE,
                      Model.BYTES_MAX_DEFAULT,
                      Set.of(),
                      WANTS_TITLE,
                      null)),
              Map.of()),
          new EngineThreads(
              Runnable::run, Runnable::run, Runnable::run, (millis, task) -> {}, clock, () -> 0),
          EngineLimits.DEFAULT,
          new EngineObserver() {});
  private int keys;

  private static Caller caller(String name) {
    return new Caller(new PrincipalId(name), Authority.OWNER, "scope");
  }

  private static EntityKey key(ModelName model, String id) {
    return new EntityKey(CHAT, model, new EntityId(id));
  }

  private WriteKey next() {
    return new WriteKey("k" + keys++);
  }

  private void write(Caller by, ModelName model, String id, String field, String value) {
    JsonObject data = JsonObject.EMPTY.with(field, value);
    commit(by, Write.insert(next(), key(model, id), data));
  }

  private void commit(Caller by, Write write) {
    assertThat(engine.commit(Commit.of(by, write)).toCompletableFuture().join())
        .allMatch(Outcome.Applied.class::isInstance);
  }

  /// The engine, but for what is answered to the eraser.
  private Kernel answering(Function<Commit, CompletionStage<List<Outcome>>> eraser) {
    return (Kernel)
        Proxy.newProxyInstance(
            Kernel.class.getClassLoader(),
            new Class<?>[] {Kernel.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commit")) {
                return eraser.apply((Commit) arguments[0]);
              }
              try {
                return method.invoke(engine, arguments);
              } catch (InvocationTargetException failure) {
                throw failure.getCause();
              }
            });
  }

  private CompletableFuture<Boolean> vanish(Kernel kernel) {
    return new Vanishing(kernel, REQUEST, Set.of(ANN.principal()), SECONDS)
        .from(List.of(CHAT))
        .toCompletableFuture();
  }

  private Entity entity(ModelName model, String id) {
    Answer<Optional<Entity>> answer =
        engine.entity(NostrChanges.relay(), key(model, id)).toCompletableFuture().join();
    return ((Answer.Given<Optional<Entity>>) answer).value().orElseThrow();
  }

  private List<Change> log() {
    Answer<Reading> answer =
        engine.read(NostrChanges.relay(), CHAT, 0, ALL).toCompletableFuture().join();
    return ((Reading.Page) ((Answer.Given<Reading>) answer).value()).changes();
  }

  private List<String> erased() {
    List<String> authors = new ArrayList<>();
    for (Change change : log()) {
      if (change.erased()) {
        authors.add(change.author().text());
      }
    }
    return authors;
  }

  @Test
  void aStoreThatIsAwayEndsItAndNothingIsDeleted() {
    write(ANN, NOTE, "alone", "a", "by ann");
    write(ANN, NOTE, "shared", "a", "by ann");
    write(BOB, NOTE, "shared", "b", "by bob");
    Kernel away =
        answering(commit ->
            CompletableFuture.completedFuture(
                commit.writes().stream()
                    .map(write -> Outcome.refused(FaultCode.UNAVAILABLE, "away"))
                    .toList()));
    assertThatThrownBy(() -> vanish(away).join()).hasCauseInstanceOf(BrokenOff.class);
    assertThat(erased()).isEmpty();
    assertThat(entity(NOTE, "shared").deleted()).isFalse();
    assertThat(vanish(engine).join()).isTrue();
    assertThat(erased()).containsExactly("ann", "ann");
    assertThat(entity(NOTE, "shared").data()).isEqualTo(JsonObject.EMPTY.with("b", "by bob"));
    assertThat(entity(NOTE, "alone").deleted()).isTrue();
  }

  @Test
  void whatItsSchemaWantsWholeIsDeletedAndWhatOthersSaidStaysInTheLog() {
    write(ANN, STRICT, "s", "title", "by ann");
    write(BOB, STRICT, "s", "b", "by bob");
    assertThat(vanish(engine).join()).isTrue();
    assertThat(entity(STRICT, "s").deleted()).isTrue();
    assertThat(erased()).containsExactly("ann");
  }

  @Test
  void whatBrokeOffBetweenARefusalAndItsDeletionIsDeletedTheNextTime() {
    write(ANN, STRICT, "s", "title", "by ann");
    write(BOB, STRICT, "s", "b", "by bob");
    Kernel killed =
        answering(commit ->
            commit.writes().getFirst().key().text().endsWith("/whole")
                ? CompletableFuture.completedFuture(
                    List.of(Outcome.refused(FaultCode.UNAVAILABLE, "away")))
                : engine.commit(commit));
    assertThatThrownBy(() -> vanish(killed).join()).hasCauseInstanceOf(BrokenOff.class);
    assertThat(entity(STRICT, "s").deleted()).isFalse();
    assertThat(vanish(engine).join()).isTrue();
    assertThat(entity(STRICT, "s").deleted()).isTrue();
    assertThat(erased()).containsExactly("ann");
  }

  @Test
  void whatSomebodyMadeAnewMeanwhileStays() {
    write(ANN, NOTE, "n", "a", "by ann");
    write(BOB, NOTE, "n", "b", "before");
    commit(ANN, Write.delete(next(), key(NOTE, "n")));
    boolean[] isFirst = {true};
    Kernel raced =
        answering(commit -> {
          if (isFirst[0]) {
            isFirst[0] = false;
            write(BOB, NOTE, "n", "b", "anew");
          }
          return engine.commit(commit);
        });
    assertThat(vanish(raced).join()).isTrue();
    assertThat(entity(NOTE, "n").data()).isEqualTo(JsonObject.EMPTY.with("b", "anew"));
    assertThat(erased()).contains("ann").doesNotContain("bob");
  }

  @Test
  void moreThanOnePortionOfEntitiesIsTakenBackToTheLastOne() {
    for (int number = 0; number < 450; number++) {
      write(ANN, NOTE, "n" + number, "a", "by ann");
      write(BOB, NOTE, "n" + number, "b", "by bob");
    }
    assertThat(vanish(engine).join()).isTrue();
    assertThat(erased()).hasSize(450).containsOnly("ann");
    assertThat(entity(NOTE, "n449").data()).isEqualTo(JsonObject.EMPTY.with("b", "by bob"));
  }
}
