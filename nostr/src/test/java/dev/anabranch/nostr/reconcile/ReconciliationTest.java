package dev.anabranch.nostr.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.reconcile.RecordSet.Record;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.Parsed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReconciliationTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 4_096, 60_000})
  void bothSidesLearnEveryDifferenceWhateverTheLimit(int bytesMax) {
    Random random = new Random(bytesMax);
    for (int pair = 0; pair < 300; pair++) {
      Pair sets = Pair.random(random, 1 << random.nextInt(13));
      Learnt learnt = Learnt.of(sets, bytesMax);

      assertThat(learnt.have()).isEqualTo(Pair.ids(Pair.minus(sets.ours(), sets.theirs())));
      assertThat(learnt.need()).isEqualTo(Pair.ids(Pair.minus(sets.theirs(), sets.ours())));
    }
  }

  @Test
  void noMessageExceedsItsLimit() {
    Random random = new Random(5);
    for (int pair = 0; pair < 50; pair++) {
      Pair sets = Pair.random(random, 5_000);

      assertThat(Learnt.of(sets, 4_096).longestMessage()).isLessThanOrEqualTo(4_096);
    }
  }

  @Test
  void differencesAtTheEdgeOfAFullMessageAreNotLost() {
    List<Record> theirs = new ArrayList<>();
    List<Record> ours = new ArrayList<>();
    Random random = new Random(3);
    for (int time = 0; time < 4_000; time++) {
      Record record = Pair.record(random, time);
      theirs.add(record);
      if (time % 7 != 0) {
        ours.add(record);
      }
    }
    Learnt learnt = Learnt.of(new Pair(ours, theirs), 4_096);

    assertThat(learnt.need()).hasSize(4_000 - ours.size());
    assertThat(learnt.have()).isEmpty();
  }

  @Test
  void equalSetsAreKnownEqualAfterOneAnswer() {
    List<Record> records = new ArrayList<>(Pair.random(new Random(9), 10_000).ours());
    Learnt learnt = Learnt.of(new Pair(records, records), 0);

    assertThat(learnt.rounds()).isEqualTo(1);
    assertThat(learnt.have()).isEmpty();
    assertThat(learnt.need()).isEmpty();
  }

  @Test
  void anotherVersionIsAnsweredByOurs() {
    RecordSet none = RecordSet.of(List.of());

    assertThat(ReconcileAnswer.to(Hex.bytes("62ffff"), none, 0).orThrow())
        .isEqualTo(Hex.bytes("61"));
    assertThat(ReconcileAnswer.to(Hex.bytes("01"), none, 0)).isInstanceOf(Parsed.Malformed.class);
    assertThat(new Reconciliation(none, 0).receive(Hex.bytes("60")))
        .isInstanceOf(Parsed.Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "6100",
        "610000",
        "61000003",
        "61000001ff",
        "61000002ffffffff7f",
        "6100000201ff",
        "610021",
        "6100ffffffffffffffffffff",
        "61ffffffffffffffffff7f0000",
      })
  void refusesAMessageThatIsDamaged(String hex) {
    RecordSet records = RecordSet.of(Pair.random(new Random(1), 100).ours());

    assertThat(ReconcileAnswer.to(Hex.bytes(hex), records, 0)).isInstanceOf(Parsed.Malformed.class);
  }

  @Test
  void noBytesAtAllBreakEitherSide() {
    Random random = new Random(77);
    RecordSet records = RecordSet.of(Pair.random(random, 500).ours());
    byte[] opening = new Reconciliation(records, 0).opening();
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = opening.clone();
      for (int change = random.nextInt(4); change >= 0; change--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      assertThat(ReconcileAnswer.to(damaged, records, 4_096)).isNotNull();
      assertThat(new Reconciliation(records, 4_096).receive(damaged)).isNotNull();
    }
  }

  @Test
  void aRecordThatStandsTwiceCountsOnce() {
    Record record = Pair.record(new Random(1), 5);

    assertThat(RecordSet.of(List.of(record, record)).size()).isEqualTo(1);
  }

  /// What our client learnt from our relay.
  private record Learnt(Set<EventId> have, Set<EventId> need, int rounds, int longestMessage) {

    private static Learnt of(Pair sets, int bytesMax) {
      RecordSet relay = RecordSet.of(sets.theirs());
      Reconciliation client = new Reconciliation(RecordSet.of(sets.ours()), bytesMax);
      Set<EventId> have = new HashSet<>();
      Set<EventId> need = new HashSet<>();
      int rounds = 0;
      int longest = 0;
      byte[] message = client.opening();
      while (message.length > 0) {
        byte[] answer = ReconcileAnswer.to(message, relay, bytesMax).orThrow();
        Reconciliation.Step step = client.receive(answer).orThrow();
        have.addAll(step.have());
        need.addAll(step.need());
        longest = Math.max(longest, Math.max(message.length, answer.length));
        message = step.next();
        assertThat(rounds++).isLessThan(10_000);
      }
      return new Learnt(have, need, rounds, longest);
    }
  }
}
