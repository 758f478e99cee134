package dev.anabranch.nostr.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.Events;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProofOfWorkTest {

  @Test
  void countsLeadingZeroBits() {
    assertThat(
            ProofOfWork.bits(
                new EventId("000000000e9d97a1ab09fc381030b346cdd7a142ad57e6df0b46dc9bef6c7e2d")))
        .isEqualTo(36);
    assertThat(ProofOfWork.bits(new EventId("002f" + "0".repeat(60)))).isEqualTo(10);
    assertThat(ProofOfWork.bits(new EventId("0".repeat(64)))).isEqualTo(256);
    assertThat(ProofOfWork.bits(new EventId("f" + "0".repeat(63)))).isZero();
  }

  @Test
  void minedWorkIsEnoughAndLuckBeyondACommitmentIsNot() {
    UnsignedEvent note = Events.by(Events.ALICE, 1, Tag.of("nonce", "old")).body();
    Event mined = ProofOfWork.mine(note, 8, 0, 100_000).orElseThrow().sign(Events.ALICE);

    assertThat(mined.tagValues("nonce")).hasSize(1);
    assertThat(ProofOfWork.isEnough(mined, 8)).isTrue();
    assertThat(ProofOfWork.committedBits(mined)).hasValue(8);
    assertThat(ProofOfWork.isEnough(mined, 9)).isFalse();
  }

  @Test
  void aCommitmentThatIsNoNumberIsOneToNothing() {
    for (String odd : List.of("0x5", "-8", "99999999999999", " 8")) {
      Event event = Events.by(Events.ALICE, 1, Tag.of("nonce", "1", odd));

      assertThat(ProofOfWork.committedBits(event)).as(odd).hasValue(0);
      assertThat(ProofOfWork.isEnough(event, 1)).isFalse();
    }
    assertThat(ProofOfWork.committedBits(Events.by(Events.ALICE, 1, Tag.of("nonce", "1"))))
        .isEmpty();
  }

  @Test
  void givesUpAfterItsTries() {
    UnsignedEvent note = Events.by(Events.ALICE, 1).body();

    assertThat(ProofOfWork.mine(note, 256, 0, 10)).isEmpty();
  }
}
