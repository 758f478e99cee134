package dev.anabranch.protocol.nostr.server;

import static dev.anabranch.protocol.nostr.server.MemoryRelay.answer;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.event;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.key;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.publish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.nostr.server.NostrAccess.Who;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// What a relay takes also from those who may not publish.
class RestrictedTest {

  private static final SecretKey ANN = key(1);
  private static final SecretKey EVE = key(2);
  private static final NostrGuards STRICT =
      new NostrGuards(
          (event, sender) ->
              CompletableFuture.completedFuture(
                  event.kind() == 1
                      ? new WritePolicy.Ruling.Accept()
                      : new WritePolicy.Ruling.Reject(NostrFault.UNWANTED, "not this")),
          NostrQuota.NONE,
          Optional.empty());

  private static Event vanish(SecretKey key) {
    return event(key, 62, "", Tag.of("relay", "ALL_RELAYS"));
  }

  private static NostrAccess only(
      Set<PublicKey> members, Set<PublicKey> banned, Set<Integer> kinds) {
    return new NostrAccess(
        Who.MEMBERS,
        Who.ANYONE,
        members,
        banned,
        Set.of(),
        Set.of(),
        kinds,
        Set.of(),
        List.of(),
        AddressSet.NONE,
        AddressSet.NONE);
  }

  @Test
  void whoMayPublishNothingAnyMoreMayVanish() {
    MemoryRelay relay = new MemoryRelay(Map.of("workBitsMin", 0), STRICT, Identities.PLAIN);
    TestLink link = relay.link();
    Event note = event(ANN, 1, "mine");
    publish(link, note);
    relay.access = only(Set.of(), Set.of(ANN.publicKey()), Set.of(1));
    assertThat(answer(link, vanish(ANN))).startsWith("true");
    assertThat(answer(link, vanish(ANN))).startsWith("true,\"duplicate: ");
    relay.access = NostrAccess.OPEN;
    assertThat(link.say("[\"REQ\",\"s\",{\"kinds\":[1]}]").heard())
        .containsExactly("[\"EOSE\",\"s\"]");
    assertThat(answer(link, note)).startsWith("false,\"blocked: ");
  }

  @Test
  void aStrangerOfWhomThereIsNothingIsRefusedAsEver() {
    MemoryRelay relay = new MemoryRelay(Map.of(), STRICT, Identities.PLAIN);
    TestLink link = relay.link();
    assertThat(answer(link, vanish(EVE))).isEqualTo("false,\"blocked: not this\"");
    relay.access = only(Set.of(), Set.of(), Set.of());
    assertThat(answer(link, vanish(EVE))).startsWith("false,\"auth-required: ");
  }

  @Test
  void aRequestOfAnotherTimeOrForAnotherRelayIsRefusedAllTheSame() {
    MemoryRelay relay = new MemoryRelay();
    TestLink link = relay.link();
    publish(link, event(ANN, 1, "mine"));
    relay.access = only(Set.of(), Set.of(), Set.of());
    Event elsewhere = event(ANN, 62, "", Tag.of("relay", "wss://elsewhere.example/"));
    assertThat(answer(link, elsewhere)).startsWith("false,\"auth-required: ");
    relay.nowSeconds -= 1_000_000;
    assertThat(answer(link, vanish(ANN))).startsWith("false,\"invalid: ");
  }

  @Test
  void aListOfRelaysIsTakenFromEverybodyWhereNoRuleSaysOtherwise() {
    MemoryRelay relay = new MemoryRelay();
    TestLink link = relay.link();
    relay.access = only(Set.of(ANN.publicKey()), Set.of(), Set.of());
    assertThat(answer(link, event(EVE, 1, "a note"))).startsWith("false,\"auth-required: ");
    publish(link, event(EVE, 10_002, ""));
    NostrAccess members = relay.access;
    KindRule rule =
        new KindRule(
            List.of(new KindRange(10_002, 10_002)), Optional.of(Who.MEMBERS), 0, Integer.MAX_VALUE);
    relay.access =
        new NostrAccess(
            members.writers(),
            members.readers(),
            members.members(),
            members.banned(),
            members.bannedEvents(),
            members.bannedEntities(),
            members.kinds(),
            members.bannedKinds(),
            List.of(rule),
            members.allowed(),
            members.blocked());
    assertThat(answer(link, event(key(3), 10_002, ""))).startsWith("false,\"auth-required: ");
  }
}
