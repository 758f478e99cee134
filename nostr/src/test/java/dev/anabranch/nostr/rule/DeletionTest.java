package dev.anabranch.nostr.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.Events;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeletionTest {
  private static final String ALICE = Events.ALICE.publicKey().hex();
  private final Event note = Events.by(Events.ALICE, 1);

  @Test
  void deletesTheAuthorsOwnAndNobodyElses() {
    assertThat(deletion(Events.ALICE, Tag.of("e", note.id().hex())).covers(note)).isTrue();
    assertThat(deletion(Events.BOB, Tag.of("e", note.id().hex())).covers(note)).isFalse();
  }

  @Test
  void deletesVersionsOfAnAddressUpToItsOwnTime() {
    Tag address = Tag.of("a", "30023:" + ALICE + ":x");
    Event before = Events.at(99, Events.ALICE, 30_023, Tag.of("d", "x"));
    Event same = Events.at(100, Events.ALICE, 30_023, Tag.of("d", "x"));
    Event after = Events.at(101, Events.ALICE, 30_023, Tag.of("d", "x"));
    Event other = Events.at(99, Events.ALICE, 30_023, Tag.of("d", "y"));

    assertThat(deletion(Events.ALICE, address).covers(before)).isTrue();
    assertThat(deletion(Events.ALICE, address).covers(same)).isTrue();
    assertThat(deletion(Events.ALICE, address).covers(after)).isFalse();
    assertThat(deletion(Events.ALICE, address).covers(other)).isFalse();
    assertThat(deletion(Events.BOB, address).covers(before)).isFalse();
  }

  @Test
  void oneWithOnlyAddressesTouchesNothingElse() {
    Deletion deletion = deletion(Events.ALICE, Tag.of("a", "30023:" + ALICE + ":x"));

    assertThat(deletion.ids()).isEmpty();
    assertThat(deletion.covers(note)).isFalse();
    assertThat(deletion(Events.ALICE).covers(note)).isFalse();
    assertThat(deletion(Events.ALICE, Tag.of("e", ""), Tag.of("e"), Tag.of("a", "::")).covers(note))
        .isFalse();
  }

  @Test
  void keepsTheOrderOfItsTags() {
    List<EventId> ids = Stream.of("c", "a", "b").map(x -> new EventId(x.repeat(64))).toList();
    Tag[] tags = ids.stream().map(id -> Tag.of("e", id.hex())).toArray(Tag[]::new);

    assertThat(deletion(Events.ALICE, tags).ids()).containsExactlyElementsOf(ids);
  }

  @Test
  void deletionsAndRequestsToVanishStay() {
    Event deletion = Events.by(Events.ALICE, 5);
    Event vanish = Events.by(Events.ALICE, 62, Tag.of("relay", "ALL_RELAYS"));

    assertThat(deletion(Events.ALICE, Tag.of("e", deletion.id().hex())).covers(deletion)).isFalse();
    assertThat(deletion(Events.ALICE, Tag.of("e", vanish.id().hex())).covers(vanish)).isFalse();
  }

  @Test
  void whoAGiftWrapIsForMayDeleteIt() {
    Event wrap = Events.by(Events.BOB, 1_059, Tag.of("p", ALICE));

    assertThat(deletion(Events.ALICE, Tag.of("e", wrap.id().hex())).covers(wrap)).isTrue();
  }

  private static Deletion deletion(SecretKey author, Tag... tags) {
    return Deletion.of(Events.by(author, 5, tags)).orElseThrow();
  }
}
