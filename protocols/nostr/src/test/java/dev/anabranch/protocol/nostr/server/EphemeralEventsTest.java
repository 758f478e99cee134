package dev.anabranch.protocol.nostr.server;

import static dev.anabranch.protocol.nostr.server.MemoryRelay.answer;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.event;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import org.junit.jupiter.api.Test;

/// Ephemeral events while the store is away, and those that are bound to another scope.
class EphemeralEventsTest {

  private static final SecretKey ANN = key(1);

  private final MemoryRelay relay = new MemoryRelay();
  private final TestLink writer = relay.link();

  private TestLink listener() {
    TestLink link = relay.link(ANN).say("[\"REQ\",\"s\",{\"kinds\":[20001]}]");
    assertThat(link.heard()).hasSize(1);
    return link;
  }

  @Test
  void whatWasHeardOnNostrWasHeardThoughNoScopeCanBeTold() {
    TestLink reader = listener();
    relay.isKernelAway = true;
    assertThat(answer(writer, event(ANN, 20_001, "a"))).startsWith("true");
    assertThat(reader.heard()).hasSize(1);
  }

  @Test
  void whatNobodyHeardMayBePublishedAgainWhereTheScopeCannotBeTold() {
    relay.isKernelAway = true;
    assertThat(answer(writer, event(ANN, 20_001, "a"))).startsWith("false,\"error: ");
    relay.isKernelAway = false;
    assertThat(answer(writer, event(ANN, 20_001, "a"))).startsWith("false,\"mute: ");
  }

  @Test
  void whetherOneMayWriteInTheChatIsAskedEachTime() {
    ScopeName chat = new ScopeName("chat:c1");
    Event event = event(ANN, 20_001, "typing", Tag.of("h", "c1"));
    TestLink reader = listener();
    relay.grant(chat, ANN.publicKey().hex(), Right.WRITE);
    assertThat(answer(writer, event)).startsWith("true");
    relay.grant(chat, ANN.publicKey().hex(), Right.READ);
    assertThat(answer(writer, event)).startsWith("false,\"restricted: ");
    assertThat(reader.heard()).hasSize(1);
  }
}
