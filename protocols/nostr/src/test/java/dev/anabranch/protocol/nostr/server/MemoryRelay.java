package dev.anabranch.protocol.nostr.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineLimits;
import dev.anabranch.engine.EngineObserver;
import dev.anabranch.engine.EngineThreads;
import dev.anabranch.kernel.Finder;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.model.Schema;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.testkit.MemoryStore;
import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A relay over a store in memory, all of whose threads are the test's; what is read, verified or
/// told waits where the test says so.
final class MemoryRelay {

  static final long NOW = 1_700_000_000;

  final Patient readers = new Patient();
  final Patient verifiers = new Patient();
  final Patient feed = new Patient();
  final List<Runnable> later = new ArrayList<>();
  final List<String> asked = new ArrayList<>(); // the methods of the kernel's and the finder's
  final List<Long> readAfter = new ArrayList<>(); // where the log was read from
  final MemoryStore store = MemoryStore.fresh();
  final Engine engine;
  final NostrGateway gateway;
  NostrAccess access = NostrAccess.OPEN;
  long nowSeconds = NOW;
  boolean isAway;
  boolean isKernelAway;
  Throwable whenAway = new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away");
  private final Set<EntityKey> grants = new HashSet<>();
  private int granted;

  MemoryRelay() {
    this(Map.of());
  }

  /// A relay.
  ///
  /// @param limits those that are not the usual ones, by their names
  MemoryRelay(Map<String, Object> limits) {
    this(limits, NostrGuards.NONE, Identities.PLAIN);
  }

  MemoryRelay(Map<String, Object> limits, NostrGuards guards, Identities identities) {
    RecentEvents recent = new RecentEvents(64);
    Model events =
        new Model(
            NostrChanges.EVENT,
            new NewestRule(),
            Right.WRITE,
            Model.BYTES_MAX_DEFAULT,
            Set.of(),
            Schema.ANY,
            new EventMarking(recent));
    InstantSource clock = () -> Instant.ofEpochSecond(nowSeconds);
    engine =
        new Engine(
            () -> store,
            new Models(List.of(events), Map.of()),
            new EngineThreads(
                Runnable::run, Runnable::run, readers, (millis, task) -> {}, clock, () -> 0),
            EngineLimits.DEFAULT,
            new EngineObserver() {});
    gateway =
        new NostrGateway(
            port(Kernel.class, engine),
            port(Finder.class, engine),
            engine,
            new NostrPolicy(limits(limits), () -> access),
            guards,
            recent,
            () -> new RelayInformation("test", "", "", "", "", "", "", ""),
            Set.of("127.0.0.1"),
            identities,
            SeedKinds.SHAPE,
            null,
            new NostrSeams(
                clock, () -> 0, new Random(2), verifiers, feed, (millis, task) -> later.add(task)),
            new SilentObserver() {
              @Override
              public void failed(Throwable failure) {
                if (Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                    .noneMatch(whenAway::equals)) {
                  super.failed(failure);
                }
              }
            });
  }

  private static NostrLimits limits(Map<String, Object> others) {
    RecordComponent[] parts = NostrLimits.class.getRecordComponents();
    try {
      Object[] values = new Object[parts.length];
      for (int index = 0; index < parts.length; index++) {
        Object usual = parts[index].getAccessor().invoke(NostrLimits.DEFAULT);
        values[index] = others.getOrDefault(parts[index].getName(), usual);
      }
      Constructor<NostrLimits> constructor =
          NostrLimits.class.getDeclaredConstructor(
              Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new));
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException failure) {
      throw new AssertionError(failure);
    }
  }

  TestLink link() {
    return new TestLink(gateway);
  }

  /// A link on which a key is authenticated.
  TestLink link(SecretKey key) {
    TestLink link = link();
    Event who =
        event(
            key,
            22_242,
            "",
            Tag.of("relay", "ws://127.0.0.1/"),
            Tag.of("challenge", link.challenge()));
    link.say("[\"AUTH\"," + who.json() + "]");
    assertThat(link.heard()).containsExactly("[\"OK\",\"" + who.id() + "\",true,\"\"]");
    return link;
  }

  /// Time goes on until everything is due that waits for it now.
  void elapse() {
    List<Runnable> due = List.copyOf(later);
    later.clear();
    due.forEach(Runnable::run);
  }

  /// Gives somebody a right, or takes it.
  void grant(ScopeName scope, String name, Right right) {
    WriteKey key = new WriteKey("grant" + granted++);
    EntityKey grant = EntityKey.grant(scope, new PrincipalId(name));
    JsonObject data = JsonObject.EMPTY.with("right", right.word());
    Write write =
        grants.add(grant) ? Write.insert(key, grant, data) : Write.update(key, grant, data);
    assertThat(engine.commit(Commit.of(NostrChanges.relay(), write)).toCompletableFuture().join())
        .allMatch(Outcome.Applied.class::isInstance);
  }

  /// A port of the engine's that is away when the test says so.
  private <T> T port(Class<T> type, T real) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              note(method.getName(), arguments);
              return (isAway || (isKernelAway && type == Kernel.class))
                      && method.getReturnType() == CompletionStage.class
                      && !method.getName().equals("commit")
                  ? away()
                  : method.invoke(real, arguments);
            }));
  }

  private void note(String method, Object @Nullable [] arguments) {
    asked.add(method);
    if (method.equals("findAfter") && arguments != null) {
      readAfter.add((Long) arguments[0]);
    }
  }

  /// Fails when the readers come to it.
  private CompletionStage<Object> away() {
    Throwable failure = whenAway;
    CompletableFuture<Object> answer = new CompletableFuture<>();
    readers.execute(() -> answer.completeExceptionally(failure));
    return answer;
  }

  /// The same key for the same number.
  static SecretKey key(int number) {
    return SecretKey.generate(new Random(number));
  }

  static Event event(SecretKey key, int kind, String content, Tag... tags) {
    return new UnsignedEvent(key.publicKey(), NOW, kind, List.of(tags), content).sign(key);
  }

  /// The answer to an event: `true` or `false`, a comma, the reason as JSON.
  static String answer(TestLink link, Event event) {
    link.say("[\"EVENT\"," + event.json() + "]");
    String opening = "[\"OK\",\"" + event.id() + "\",";
    return link.heard().stream()
        .filter(frame -> frame.startsWith(opening))
        .map(frame -> frame.substring(opening.length(), frame.length() - 1))
        .findFirst()
        .orElse("none");
  }

  /// Publishes what must be accepted.
  static void publish(TestLink link, Event... events) {
    for (Event event : events) {
      String answer = answer(link, event);
      if (!answer.startsWith("true")) {
        throw new AssertionError(answer);
      }
    }
  }
}
