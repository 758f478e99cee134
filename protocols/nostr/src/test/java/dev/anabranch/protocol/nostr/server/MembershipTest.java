package dev.anabranch.protocol.nostr.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineLimits;
import dev.anabranch.engine.EngineObserver;
import dev.anabranch.engine.EngineThreads;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.model.Schema;
import dev.anabranch.kernel.rule.VersionedRule;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.nostr.server.NostrAccess.Who;
import dev.anabranch.protocol.nostr.server.Standing.Word;
import dev.anabranch.testkit.MemoryStore;
import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/// Who joins and leaves while administrators decide, and what is remembered of it (NIP-43).
class MembershipTest {

  private static final SecretKey RELAY = SecretKey.generate(new Random(1));
  private static final SecretKey ANN = SecretKey.generate(new Random(2));
  private static final SecretKey BOB = SecretKey.generate(new Random(3));

  private long nowSeconds = 1_700_000_000;
  private final InstantSource clock = () -> Instant.ofEpochSecond(nowSeconds);
  private final Queue<Runnable> writes = new ArrayDeque<>();
  private final ModerationBook book = book();
  private final Membership membership =
      new Membership(
          book,
          RELAY,
          new Membership.Terms(Who.ANYONE, Set.of(), 60),
          new NostrSeams(
              clock, () -> 0, new Random(4), Runnable::run, Runnable::run, (m, task) -> {}));

  private ModerationBook book() {
    Model moderation =
        new Model(
            ModerationBook.MODERATION,
            new VersionedRule(),
            Right.WRITE,
            Model.BYTES_MAX_DEFAULT,
            ModerationBook.FIELDS,
            Schema.ANY);
    EngineThreads threads =
        new EngineThreads(
            writes::add, Runnable::run, Runnable::run, (millis, task) -> {}, clock, () -> 0);
    Engine engine =
        new Engine(
            MemoryStore::fresh,
            new Models(List.of(moderation), Map.of()),
            threads,
            EngineLimits.DEFAULT,
            new EngineObserver() {});
    return new ModerationBook(
        engine, PolicySettings.fixed(RelayTerms.of(NostrAccess.OPEN)), new Random(5));
  }

  /// Lets everything be written that waits for the disk.
  private <T> T written(CompletionStage<T> stage) {
    CompletableFuture<T> waited = stage.toCompletableFuture();
    while (!waited.isDone()) {
      writes.remove().run();
    }
    return waited.join();
  }

  private String code() {
    Event invite = membership.invite(Set.of()).orElseThrow();
    return invite.tagValues("claim").getFirst();
  }

  private CompletionStage<Published> join(SecretKey key, String code) {
    return ask(key, 28_934, Tag.of("claim", code));
  }

  private CompletionStage<Published> leave(SecretKey key) {
    return ask(key, 28_936, Tag.of("claim", ""));
  }

  private CompletionStage<Published> ask(SecretKey key, int kind, Tag tag) {
    Event request =
        new UnsignedEvent(key.publicKey(), nowSeconds, kind, List.of(Tag.of("-"), tag), "")
            .sign(key);
    return membership.answer(
        request,
        new Sender(InetAddress.getLoopbackAddress(), Set.of(key.publicKey()), Set.of("localhost")));
  }

  private CompletionStage<Optional<Fault>> decide(PublicKey key, Word word) {
    return book.decide(Subject.of(key), new Standing(word, "an administrator's"));
  }

  private long invitesKept() {
    return book.moderation().standings().keySet().stream()
        .filter(subject -> subject.sort() == Subject.Sort.INVITE)
        .count();
  }

  @Test
  void aJoinThatWaitsBehindABanDoesNotUndoIt() {
    CompletionStage<Optional<Fault>> ban = decide(ANN.publicKey(), Word.BANNED);
    String code = code();
    CompletionStage<Published> joined = join(ANN, code);
    assertThat(written(ban)).isEmpty();
    assertThat(written(joined).ok().reason()).isEqualTo("restricted: this key is banned here");
    assertThat(book.access().banned()).containsExactly(ANN.publicKey());
    assertThat(book.access().members()).isEmpty();
    assertThat(written(join(BOB, code)).refusal()).isNull(); // the code was not used up
  }

  @Test
  void aLeaveThatWaitsBehindABanDoesNotUndoIt() {
    assertThat(written(join(ANN, code())).refusal()).isNull();
    CompletionStage<Optional<Fault>> ban = decide(ANN.publicKey(), Word.BANNED);
    CompletionStage<Published> left = leave(ANN);
    assertThat(written(ban)).isEmpty();
    assertThat(written(left).refusal()).isNotNull();
    assertThat(book.access().banned()).containsExactly(ANN.publicKey());
  }

  @Test
  void twoWhoComeWithOneCodeAtOnceAreNotBothLetIn() {
    String code = code();
    CompletionStage<Published> first = join(ANN, code);
    CompletionStage<Published> second = join(BOB, code);
    assertThat(written(first).refusal()).isNull();
    assertThat(written(second).ok().reason()).isEqualTo("restricted: that invite code was used");
    assertThat(book.access().members()).containsExactly(ANN.publicKey());
  }

  @Test
  void usedCodesAndThoseWhoLeftAreForgotten() {
    for (int round = 0; round < 5; round++) {
      assertThat(written(join(ANN, code())).refusal()).isNull();
      assertThat(written(leave(ANN)).refusal()).isNull();
    }
    assertThat(invitesKept()).isEqualTo(5);
    nowSeconds += 120;
    assertThat(written(join(ANN, code())).refusal()).isNull();
    assertThat(invitesKept()).isEqualTo(1);
    assertThat(book.moderation().standings()).hasSize(2);
    written(book.load());
    assertThat(book.moderation().standings()).hasSize(2);
  }

  @Test
  void whoeverJoinsTakesNoRoomFromAdministrators() {
    Moderation joined = Moderation.NONE;
    for (int index = 0; index < 3; index++) {
      PublicKey key = SecretKey.generate(new Random(100 + index)).publicKey();
      String name = nowSeconds + "-" + "0".repeat(15) + index;
      joined =
          joined
              .with(new Decision(Subject.of(key), Standing.joined()))
              .with(
                  new Decision(
                      new Subject(Subject.Sort.INVITE, name),
                      new Standing(Word.NEITHER, key.hex())));
    }
    assertThat(joined.tooMany(Moderation.NONE, 2)).isPresent();
    Moderation banned = joined.with(new Decision(Subject.ofKind(1), new Standing(Word.BANNED, "")));
    assertThat(banned.tooMany(joined, 3)).isEmpty();
    Moderation one = new Moderation(Map.of(Subject.ofKind(1), new Standing(Word.BANNED, "")));
    Moderation two = one.with(new Decision(Subject.ofKind(2), new Standing(Word.BANNED, "")));
    assertThat(two.tooMany(one, 1)).isPresent();
    assertThat(one.tooMany(two, 0)).as("less than before may be kept").isEmpty();
  }
}
