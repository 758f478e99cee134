package dev.anabranch.protocol.signed.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.testkit.PassingKernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A client that returns to many large chats hears all of them, however slowly it reads, and at no
/// moment does more of them wait for it than a few pages (K11).
class ManyChatsTest {

  private static final SecretKey ANN = SecretKey.generate(new Random(1));
  private static final int CHATS = 20;
  private static final int MESSAGES = 10;

  private final AtomicInteger pages = new AtomicInteger();
  private final House house = new House(Counted::new, new PlainAccounts(), House.loopback());

  private final class Counted extends PassingKernel {
    private Counted(Kernel behind) {
      super(behind);
    }

    @Override
    public CompletionStage<Answer<SnapshotPage>> snapshot(
        Caller caller,
        ScopeName scope,
        Set<ModelName> models,
        SnapshotPage.@Nullable Place after,
        PageLimit limit) {
      pages.incrementAndGet();
      return super.snapshot(caller, scope, models, after, limit);
    }
  }

  private void write() {
    Client writer = house.client(ANN);
    for (int chat = 0; chat < CHATS; chat++) {
      writer.sync(
          "{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"c" + chat + "\",\"data\":{}}");
      for (int message = 0; message < MESSAGES; message++) {
        writer.sync(
            "{\"entity\":\"message\",\"chat\":\"c"
                + chat
                + "\",\"action\":\"create\",\"id\":\"m"
                + message
                + "\",\"data\":{\"content\":\""
                + "x".repeat(60_000)
                + "\"}}");
      }
    }
  }

  private static Set<String> scopes(List<JsonObject> frames, String type) {
    return frames.stream()
        .filter(frame -> frame.string("type").orElseThrow().equals(type))
        .map(frame -> frame.string("scope").orElseThrow())
        .collect(Collectors.toSet());
  }

  /// How many messages some frames hold.
  private static int items(List<JsonObject> frames) {
    return frames.stream().mapToInt(frame -> frame.text().split("xx\"").length - 1).sum();
  }

  private static Set<String> chats() {
    return IntStream.range(0, CHATS).mapToObj(chat -> "chat:c" + chat).collect(Collectors.toSet());
  }

  @Test
  void everySnapshotArrives() {
    write();
    Client reader = house.client(ANN);
    List<JsonObject> frames = new ArrayList<>(reader.say("{\"type\":\"resume\"}").heardAll());
    assertThat(reader.link().closed()).isZero();
    assertThat(scopes(frames, "live")).containsAll(chats());
    assertThat(items(frames)).isEqualTo(CHATS * MESSAGES);
  }

  @Test
  void everythingThatWasMissedArrives() {
    write();
    Client reader = house.client(ANN);
    String cursors =
        chats().stream().map(chat -> "\"" + chat + "\":1").collect(Collectors.joining(","));
    List<JsonObject> frames =
        reader.say("{\"type\":\"resume\",\"cursors\":{" + cursors + "}}").heardAll();
    assertThat(reader.link().closed()).isZero();
    assertThat(scopes(frames, "live")).containsAll(chats());
  }

  @Test
  void littleWaitsForAClientThatDoesNotRead() {
    write();
    Client reader = house.client(ANN).say("{\"type\":\"resume\"}");
    assertThat(reader.link().closed()).isZero();
    assertThat(pages.get()).isBetween(1, 12);
    assertThat(items(reader.heardAll())).isEqualTo(CHATS * MESSAGES);
  }
}
