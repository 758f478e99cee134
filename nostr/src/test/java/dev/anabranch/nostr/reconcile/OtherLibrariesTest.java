package dev.anabranch.nostr.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.Oracle;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.reconcile.RecordSet.Record;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.JsonReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Two JavaScript implementations of negentropy, as clients of our relay and as relay of our
/// client, half of the pairs with frames that either side bounds.
///
/// More pairs: `mvn -q -pl nostr -am test -Dtest=OtherLibrariesTest -Dnostr.pairs=100000
/// -Dsurefire.failIfNoSpecifiedTests=false`; others with `-Dnostr.seed=…`.
class OtherLibrariesTest {
  private static final int PAIRS = Integer.getInteger("nostr.pairs", 10_000);
  private static final int SEED = Integer.getInteger("nostr.seed", 1);

  /// The smallest that negentropy knows, what its libraries use, and about what our relay does.
  private static final int[] LIMITS = {4_096, 5_000, 60_000, 130_000};

  private int fullFrames;

  @Test
  void everyPairOfSetsIsReconciledWithThem() throws IOException, InterruptedException {
    Random random = new Random(SEED);
    try (Oracle oracle = Oracle.start()) {
      for (int pair = 0; pair < PAIRS; pair++) {
        Pair sets = Pair.random(random, size(random));
        reconcile(oracle, sets, pair, limit(random), limit(random));
      }
    }
    System.out.println(
        PAIRS + " pairs reconciled, " + fullFrames + " full frames, from seed " + SEED);
    assertThat(fullFrames).isGreaterThan(PAIRS / 500);
  }

  /// None as often as one.
  private static int limit(Random random) {
    return random.nextBoolean() ? 0 : LIMITS[random.nextInt(LIMITS.length)];
  }

  /// No frame is longer than its limit; one that comes near it says less than there is to say.
  private void fits(int characters, int bytesMax) {
    if (bytesMax > 0) {
      assertThat(characters / 2).isLessThanOrEqualTo(bytesMax);
      fullFrames += characters / 2 > bytesMax - 500 ? 1 : 0;
    }
  }

  /// Mostly small sets, some that need several rounds.
  private static int size(Random random) {
    return 1 + random.nextInt(random.nextInt(50) == 0 ? 3_000 : 120);
  }

  private void reconcile(Oracle oracle, Pair pair, int number, int oursMax, int theirsMax)
      throws IOException {
    RecordSet ours = RecordSet.of(pair.ours());
    oracle.ask("records", json(pair.theirs()));
    switch (number % 3) {
      case 0 -> theyAsk(oracle, "\"tools\"", pair, ours, oursMax, theirsMax);
      case 1 -> theyAsk(oracle, "\"kit\"", pair, ours, oursMax, theirsMax);
      default -> weAsk(oracle, pair, ours, oursMax, theirsMax);
    }
  }

  private void theyAsk(
      Oracle oracle, String library, Pair pair, RecordSet ours, int oursMax, int theirsMax)
      throws IOException {
    Set<EventId> have = new HashSet<>();
    Set<EventId> need = new HashSet<>();
    String message = oracle.ask("open", library, Integer.toString(theirsMax)).string();
    assertThat(message)
        .isEqualTo(Hex.of(new Reconciliation(RecordSet.of(pair.theirs()), theirsMax).opening()));
    while (!message.isEmpty()) {
      fits(message.length(), theirsMax);
      byte[] answer = ReconcileAnswer.to(Hex.bytes(message), ours, oursMax).orThrow();
      fits(2 * answer.length, oursMax);
      Learnt learnt = Learnt.read(oracle.ask("client", "\"" + Hex.of(answer) + "\""));
      have.addAll(learnt.have());
      need.addAll(learnt.need());
      message = learnt.next();
    }
    assertThat(need).isEqualTo(Pair.ids(Pair.minus(pair.ours(), pair.theirs())));
    assertThat(have).isEqualTo(Pair.ids(Pair.minus(pair.theirs(), pair.ours())));
  }

  private void weAsk(Oracle oracle, Pair pair, RecordSet ours, int oursMax, int theirsMax)
      throws IOException {
    Set<EventId> have = new HashSet<>();
    Set<EventId> need = new HashSet<>();
    Reconciliation client = new Reconciliation(ours, oursMax);
    byte[] message = client.opening();
    while (message.length > 0) {
      fits(2 * message.length, oursMax);
      String answer =
          oracle.ask("relay", "\"" + Hex.of(message) + "\"", Integer.toString(theirsMax)).string();
      fits(answer.length(), theirsMax);
      Reconciliation.Step step = client.receive(Hex.bytes(answer)).orThrow();
      have.addAll(step.have());
      need.addAll(step.need());
      message = step.next();
    }
    assertThat(have).isEqualTo(Pair.ids(Pair.minus(pair.ours(), pair.theirs())));
    assertThat(need).isEqualTo(Pair.ids(Pair.minus(pair.theirs(), pair.ours())));
  }

  private static String json(List<Record> records) {
    StringBuilder out = new StringBuilder("[");
    for (Record record : records) {
      out.append(out.length() > 1 ? "," : "").append('[').append(record.createdAtSeconds());
      out.append(",\"").append(record.id()).append("\"]");
    }
    return out.append(']').toString();
  }

  /// What a client of theirs says after an answer of ours.
  private record Learnt(String next, List<EventId> have, List<EventId> need) {

    private static Learnt read(JsonReader json) {
      String[] next = {""};
      List<EventId> have = new ArrayList<>();
      List<EventId> need = new ArrayList<>();
      json.object(name -> {
        switch (name) {
          case "next" -> next[0] = json.string();
          case "have" -> json.array(() -> have.add(EventId.parse(json.string())));
          default -> json.array(() -> need.add(EventId.parse(json.string())));
        }
      });
      return new Learnt(next[0], have, need);
    }
  }
}
