package dev.anabranch.client.signed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.anabranch.client.ClientThreads;
import dev.anabranch.client.QueueFull;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.MemoryReplica;
import dev.anabranch.client.replica.ReplicaReading;
import dev.anabranch.client.replica.ReplicaStore;
import dev.anabranch.client.replica.ReplicaTransaction;
import dev.anabranch.client.session.ConflictRule;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.EntityAction;
import dev.anabranch.protocol.signed.wire.EntityKind;
import dev.anabranch.protocol.signed.wire.ServerFrames;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a signed client keeps when its disk, its line or the application gets in the way.
@Timeout(60)
class SignedDeviceTest {

  private static final ScopeName CHAT = new ScopeName("chat:talk");
  private static final String ANN = "nostr:ann";

  private final SpokenServer server = new SpokenServer(ANN);
  private final MemoryReplica kept = new MemoryReplica(new DeviceId("phone"));
  private final BrittleReplica copy = new BrittleReplica(kept);

  @AfterEach
  void close() {
    server.close();
  }

  private SignedEntityClient client(int queueMax) {
    return client(queueMax, ConflictRule.KEEP_THEIRS);
  }

  private SignedEntityClient client(int queueMax, ConflictRule rule) {
    SignedClientSettings settings =
        new SignedClientSettings(
            URI.create("ws://localhost:1/sync"),
            SecretKey.generate(new SplittableRandom(1)),
            Optional.empty(),
            rule,
            Duration.ofSeconds(10),
            1,
            2,
            queueMax,
            Optional.empty());
    return SignedEntityClient.open(
        settings, lasting(copy), server, false, ClientThreads.ofTheSystem());
  }

  private SignedEntityClient connected() {
    SignedEntityClient client = client(100);
    client.connect();
    return client;
  }

  /// The copy outlives the client that closes it.
  private static ReplicaStore lasting(BrittleReplica copy) {
    return new ReplicaStore() {
      @Override
      public <T> T write(Function<ReplicaTransaction, T> work) {
        return copy.write(work);
      }

      @Override
      public <T> T read(Function<ReplicaReading, T> work) {
        return copy.read(work);
      }

      @Override
      public void close() {}
    };
  }

  private static JsonObject message(String id, long version, long syncId) {
    return JsonObject.EMPTY
        .with("entity", EntityKind.MESSAGE.word())
        .with("id", id)
        .with("action", "create")
        .with("version", version)
        .with("sync_id", syncId)
        .with("data", JsonObject.EMPTY.with("content", id));
  }

  private static List<String> ids(List<EntityView> views) {
    return views.stream().map(view -> view.key().id().text()).toList();
  }

  private static JsonObject cursors(JsonObject resume) {
    return resume.get("cursors") instanceof JsonObject cursors ? cursors : JsonObject.EMPTY;
  }

  /// Opens a line whose only scope is the chat, known up to the change before `first`.
  private SpokenServer.Line resumed() throws InterruptedException {
    SpokenServer.Line line = server.line();
    long re = line.heard("resume").number("counter").orElseThrow();
    line.say(ServerFrames.resumed(List.of(CHAT), true, re));
    return line;
  }

  @Test
  void whoeverHearsAnOutcomeOrAChangeMayAskTheClientAnything() throws Exception {
    try (SignedEntityClient client = connected()) {
      CompletableFuture<Integer> listened = new CompletableFuture<>();
      Runnable unused =
          client.onChange(key -> {
            if (!listened.isDone()) {
              listened.complete(client.queued());
              var told =
                  client.syncMessage(
                      "talk", EntityAction.CREATE, "heard", JsonObject.EMPTY.with("content", "!"));
              assertThat(told).isNotNull();
            }
          });
      CompletableFuture<SignedOutcome> second =
          client
              .syncMessage("talk", EntityAction.CREATE, "m1", JsonObject.EMPTY.with("content", "1"))
              .thenCompose(first ->
                  client.syncMessage(
                      "talk", EntityAction.CREATE, "m2", JsonObject.EMPTY.with("content", "2")))
              .toCompletableFuture();
      SpokenServer.Line line = resumed();
      for (long id = 1; id <= 3; id++) {
        JsonObject sync = line.heard("sync");
        JsonObject accepted = ServerFrames.accepted("m", CHAT, 1, id);
        line.say(ServerFrames.outcome(accepted, sync.number("counter").orElseThrow()));
      }
      assertThat(second.get(30, TimeUnit.SECONDS)).isInstanceOf(SignedOutcome.Accepted.class);
      assertThat(listened.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }
  }

  @Test
  void aChangeThatCouldNotBeKeptIsToldAgain() throws Exception {
    try (SignedEntityClient client = connected()) {
      SpokenServer.Line line = resumed();
      line.say(ServerFrames.changed(CHAT, List.of(message("m1", 1, 1))));
      await().until(() -> client.message("talk", "m1").isPresent());
      copy.fail(1);
      line.say(ServerFrames.changed(CHAT, List.of(message("m2", 1, 2))));
      line.say(ServerFrames.changed(CHAT, List.of(message("m3", 1, 3))));
      JsonObject resume = server.line().heard("resume");
      assertThat(cursors(resume).number(CHAT.text())).hasValue(1);
    }
  }

  @Test
  void aSnapshotOfWhichAPartCouldNotBeKeptDoesNotCount() throws Exception {
    try (SignedEntityClient client = connected()) {
      SpokenServer.Line line = resumed();
      line.say(ServerFrames.snapshot(CHAT, List.of(message("m1", 1, 1)), true, 1));
      await().until(() -> client.message("talk", "m1").isPresent());
      line.say(ServerFrames.refetch(CHAT, "the test says so"));
      line.say(ServerFrames.snapshot(CHAT, List.of(message("m2", 1, 2)), false, 3));
      await().until(() -> kept.write(replica -> replica.staged(key(CHAT, "m2")).isPresent()));
      copy.fail(1);
      line.say(ServerFrames.snapshot(CHAT, List.of(message("m1", 1, 1)), false, 3));
      line.say(ServerFrames.snapshot(CHAT, List.of(message("m3", 1, 3)), true, 3));
      SpokenServer.Line next = resumed();
      assertThat(client.message("talk", "m1")).isPresent();
      assertThat(ids(client.messages("talk"))).containsExactly("m1");
      next.say(
          ServerFrames.snapshot(CHAT, List.of(message("m1", 1, 1), message("m3", 1, 3)), true, 3));
      await().until(() -> client.message("talk", "m3").isPresent());
      assertThat(ids(client.messages("talk")))
          .as("what came half of the first snapshot is gone")
          .containsExactly("m1", "m3");
    }
  }

  private static EntityKey key(ScopeName scope, String id) {
    return new EntityKey(scope, new ModelName(EntityKind.MESSAGE.word()), new EntityId(id));
  }

  @Test
  void whatCameHalfOfASnapshotBeforeTheClientWasClosedIsForgotten() throws Exception {
    try (SignedEntityClient client = connected()) {
      SpokenServer.Line line = resumed();
      line.say(ServerFrames.snapshot(CHAT, List.of(message("gone", 1, 1)), false, 1));
      await().until(() -> kept.write(replica -> replica.staged(key(CHAT, "gone")).isPresent()));
    }
    try (SignedEntityClient client = connected()) {
      SpokenServer.Line line = resumed();
      line.say(ServerFrames.snapshot(CHAT, List.of(message("m2", 1, 2)), true, 3));
      await().until(() -> client.message("talk", "m2").isPresent());
      assertThat(ids(client.messages("talk"))).containsExactly("m2");
    }
  }

  @Test
  void aCopyOfAnotherPrincipalsOwnIsForgottenAlsoAfterARestart() throws Exception {
    ScopeName own = new ScopeName("user:" + ANN);
    JsonObject training = message("t1", 1, 5).with("entity", EntityKind.TRAINING_DATA.word());
    try (SignedEntityClient client = connected()) {
      SpokenServer.Line line = resumed();
      line.say(ServerFrames.snapshot(own, List.of(training), true, 1_000));
      await().until(() -> !client.trainingData().isEmpty());
    }
    try (SignedEntityClient client = connected()) {
      JsonObject resume = server.line().heard("resume");
      assertThat(cursors(resume).number(own.text())).hasValue(1_000);
      assertThat(ids(client.trainingData())).containsExactly("t1");
    }
    server.takeFor("nostr:bob");
    try (SignedEntityClient client = connected()) {
      JsonObject resume = server.line().heard("resume");
      assertThat(cursors(resume)).isEqualTo(JsonObject.EMPTY);
      assertThat(client.trainingData()).isEmpty();
    }
  }

  @Test
  void aFullDiskKeepsNobodyFromDiallingAgain() throws Exception {
    try (SignedEntityClient client = connected()) {
      SpokenServer.Line line = resumed();
      copy.fail(3);
      line.cutOff();
      await().until(() -> copy.stillFailing() == 0);
      await().until(() -> client.state().equals("open"));
    }
  }

  @Test
  void aWriteThatWouldNotBeReadAgainIsRefusedAndTheOthersGoOn() throws Exception {
    try (SignedEntityClient client = connected()) {
      JsonObject bad = JsonObject.of("x", new JsonNumber("1E+400"));
      assertThatThrownBy(() -> client.syncMessage("talk", EntityAction.CREATE, "m0", bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1E+400");
      JsonObject good = JsonObject.EMPTY.with("content", "1");
      var outcome = client.syncMessage("talk", EntityAction.CREATE, "m1", good);
      SpokenServer.Line line = resumed();
      accept(line, line.heard("sync"), 1);
      assertThat(outcome.toCompletableFuture().get(30, TimeUnit.SECONDS))
          .isInstanceOf(SignedOutcome.Accepted.class);
    }
  }

  private static void accept(SpokenServer.Line line, JsonObject sync, long id) {
    JsonObject accepted = ServerFrames.accepted("m", CHAT, 1, id);
    line.say(ServerFrames.outcome(accepted, sync.number("counter").orElseThrow()));
  }

  private static String key(JsonObject sync) {
    return sync.get("payload") instanceof JsonObject payload
        ? payload.string("key").orElseThrow()
        : "";
  }

  private static JsonObject error(String code) {
    return JsonObject.EMPTY.with("type", "error").with("code", code).with("detail", "so it is");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stale", "replayed", "unknown_session", "unauthenticated"})
  void aWriteThatIsNotTakenOnAccountOfTheLineIsSentOnTheNextOne(String code) throws Exception {
    try (SignedEntityClient client = connected()) {
      JsonObject data = JsonObject.EMPTY.with("content", "1");
      var outcome = client.syncMessage("talk", EntityAction.CREATE, "m1", data);
      SpokenServer.Line line = resumed();
      JsonObject first = line.heard("sync");
      line.say(error(code).with("re", first.number("counter").orElseThrow()));
      SpokenServer.Line next = resumed();
      JsonObject second = next.heard("sync");
      assertThat(key(second)).isEqualTo(key(first));
      assertThat(client.message("talk", "m1")).isPresent();
      assertThat(client.queued()).isEqualTo(1);
      accept(next, second, 1);
      assertThat(outcome.toCompletableFuture().get(30, TimeUnit.SECONDS))
          .isInstanceOf(SignedOutcome.Accepted.class);
    }
  }

  @Test
  void aWriteThatTheServerCannotReadIsFoundAndRefusedAndTheOthersGoOn() throws Exception {
    try (SignedEntityClient client = connected()) {
      List<CompletableFuture<SignedOutcome>> outcomes = new ArrayList<>();
      for (int n = 0; n < 3; n++) {
        JsonObject data = JsonObject.EMPTY.with("content", "1");
        outcomes.add(
            client.syncMessage("talk", EntityAction.CREATE, "m" + n, data).toCompletableFuture());
      }
      SpokenServer.Line line = resumed();
      List<String> keys = new ArrayList<>();
      for (int n = 0; n < 3; n++) {
        keys.add(key(line.heard("sync")));
      }
      line.say(error("malformed"));
      line = resumed();
      accept(line, line.heard("sync"), 1);
      JsonObject second = line.heard("sync");
      assertThat(key(second)).isEqualTo(keys.get(1));
      line.say(error("malformed"));
      line = resumed();
      assertThat(key(line.heard("sync"))).isEqualTo(keys.get(1));
      line.say(error("malformed"));
      JsonObject third = line.heard("sync");
      assertThat(key(third)).isEqualTo(keys.get(2));
      accept(line, third, 2);
      assertThat(outcomes.get(0).get(30, TimeUnit.SECONDS))
          .isInstanceOf(SignedOutcome.Accepted.class);
      assertThat(outcomes.get(1).get(30, TimeUnit.SECONDS))
          .isEqualTo(new SignedOutcome.Refused("malformed", "so it is"));
      assertThat(outcomes.get(2).get(30, TimeUnit.SECONDS))
          .isInstanceOf(SignedOutcome.Accepted.class);
    }
  }

  @Test
  void aDialThatFailsSaysWhy() {
    SignedClientSettings settings =
        SignedClientSettings.of("http://127.0.0.1:1", SecretKey.generate(new SplittableRandom(1)));
    try (SignedEntityClient client =
        SignedEntityClient.open(
            settings,
            new MemoryReplica(new DeviceId("phone")),
            (dial, session) ->
                CompletableFuture.failedFuture(new IllegalStateException("nobody is there")),
            false,
            ClientThreads.ofTheSystem())) {
      client.connect();
      await().until(() -> client.detail().equals("nobody is there"));
      assertThat(client.state()).isEqualTo("waiting");
    }
  }

  @Test
  void aFullQueueSaysSo() {
    try (SignedEntityClient client = client(1)) {
      JsonObject data = JsonObject.EMPTY.with("content", "1");
      var unused = client.syncMessage("talk", EntityAction.CREATE, "m0", data);
      assertThatThrownBy(
              () -> {
                for (int write = 1; write <= 64; write++) {
                  var one = client.syncMessage("talk", EntityAction.CREATE, "m" + write, data);
                  assertThat(one).isNotNull();
                }
              })
          .isInstanceOf(QueueFull.class);
    }
  }

  @Test
  void aClosedClientSaysSo() {
    SignedEntityClient client = connected();
    client.close();
    assertThatThrownBy(() -> client.syncMessage("talk", EntityAction.CREATE, "m", JsonObject.EMPTY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThat(client.settle(Duration.ofMinutes(5))).as("at once").isFalse();
    assertThat(client.state()).isEqualTo("closed");
  }

  @Test
  void aListenerMayWaitForAnOutcome() throws Exception {
    try (SignedEntityClient client = connected()) {
      CompletableFuture<SignedOutcome> heard = new CompletableFuture<>();
      JsonObject data = JsonObject.EMPTY.with("content", "1");
      Runnable unused =
          client.onChange(key -> {
            if (key.id().text().equals("m1")) {
              heard.complete(
                  client
                      .syncMessage("talk", EntityAction.CREATE, "m2", data)
                      .toCompletableFuture()
                      .join());
            }
          });
      SpokenServer.Line line = resumed();
      line.say(ServerFrames.changed(CHAT, List.of(message("m1", 1, 1))));
      JsonObject sync = line.heard("sync");
      JsonObject accepted = ServerFrames.accepted("m2", CHAT, 1, 2);
      line.say(ServerFrames.outcome(accepted, sync.number("counter").orElseThrow()));
      assertThat(heard.get(30, TimeUnit.SECONDS)).isInstanceOf(SignedOutcome.Accepted.class);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aConflictRuleThatThrowsKeepsTheirs(boolean anError) throws Exception {
    try (SignedEntityClient client =
        client(
            100,
            conflict -> {
              if (anError) {
                throw new AssertionError("the rule broke");
              }
              throw new IllegalStateException("the rule broke");
            })) {
      client.connect();
      JsonObject data = JsonObject.EMPTY.with("content", "mine");
      CompletableFuture<SignedOutcome> outcome =
          client.syncMessage("talk", EntityAction.CREATE, "m1", data).toCompletableFuture();
      SpokenServer.Line line = resumed();
      JsonObject sync = line.heard("sync");
      JsonObject conflict = ServerFrames.conflict("m1", CHAT, message("m1", 4, 9));
      line.say(ServerFrames.outcome(conflict, sync.number("counter").orElseThrow()));
      assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(SignedOutcome.GivenUp.class);
      assertThat(client.queued()).isZero();
    }
  }
}
