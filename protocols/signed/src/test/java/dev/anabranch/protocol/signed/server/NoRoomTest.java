package dev.anabranch.protocol.signed.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.testkit.PassingKernel;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/// What finds no room is refused with the request that it was and with when to try again.
class NoRoomTest {

  private static final SecretKey ANN = SecretKey.generate(new Random(1));
  private static final int ROOM = SignedLimits.DEFAULT.commitsMax();

  private boolean stuck;

  /// A kernel that keeps writes and answers none, once it is stuck.
  private final class Stuck extends PassingKernel {
    private Stuck(Kernel behind) {
      super(behind);
    }

    @Override
    public CompletionStage<List<Outcome>> commit(Commit commit) {
      return stuck ? new CompletableFuture<>() : super.commit(commit);
    }
  }

  private static String create(int chat, String data) {
    return "{\"type\":\"sync\",\"payload\":{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"c"
        + chat
        + "\",\"data\":"
        + data
        + "}}";
  }

  private static void isRateLimited(List<JsonObject> frames, long re) {
    assertThat(frames)
        .singleElement()
        .satisfies(frame -> {
          assertThat(frame.string("code")).contains("rate_limited");
          assertThat(frame.number("re")).hasValue(re);
          assertThat(frame.number("retry_after_ms").orElse(0)).isPositive();
        });
  }

  @Test
  void aWriteBehindTooManyWithoutAnAnswer() {
    Client ann = new House(Stuck::new, new PlainAccounts(), House.loopback()).client(ANN);
    stuck = true;
    for (int chat = 1; chat <= ROOM; chat++) {
      assertThat(ann.say(create(chat, "{}")).heard()).isEmpty();
    }
    isRateLimited(ann.say(create(0, "{}")).heard(), ROOM + 1);
  }

  @Test
  void aFrameBehindTooManyThatWaitForTheirTurn() {
    PlainAccounts accounts =
        new PlainAccounts() {
          @Override
          public CompletionStage<Map<PublicKey, dev.anabranch.kernel.log.PrincipalId>> principalsOf(
              Set<PublicKey> keys) {
            return new CompletableFuture<>();
          }
        };
    Client ann = new House(kernel -> kernel, accounts, House.loopback()).client(ANN);
    ann.say(create(0, "{\"sharing\":{\"readers\":[\"" + ANN.publicKey().hex() + "\"]}}"));
    int waiting = SignedLimits.DEFAULT.waitingMax();
    for (int frame = 0; frame < waiting; frame++) {
      assertThat(ann.say("{\"type\":\"ping\",\"nonce\":\"n\"}").heard()).isEmpty();
    }
    isRateLimited(ann.say("{\"type\":\"ping\",\"nonce\":\"n\"}").heard(), waiting + 2);
  }
}
