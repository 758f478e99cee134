package dev.anabranch.protocol.nostr.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class RecentEventsTest {

  private final RecentEvents recent = new RecentEvents(1);

  private static Event event(String content, int tags, String value) {
    Tag[] all = Collections.nCopies(tags, Tag.of("p", value)).toArray(Tag[]::new);
    return MemoryRelay.event(MemoryRelay.key(1), 1, content, all);
  }

  private boolean keeps(Event event) {
    recent.keep(event);
    return event.equals(recent.find(event.id().hex()));
  }

  @Test
  void whatIsShortIsKeptUntilAnotherTakesItsPlace() {
    Event first = event("first", 40, "f".repeat(64));
    assertThat(keeps(first)).isTrue();
    assertThat(keeps(event("x".repeat(7_000), 0, ""))).isTrue();
    assertThat(recent.find(first.id().hex())).isNull();
  }

  @Test
  void whatIsLongIsParsedInsteadAndDrivesNothingOut() {
    Event kept = event("short", 0, "");
    assertThat(keeps(kept)).isTrue();
    assertThat(keeps(event("x".repeat(RecentEvents.BYTES_MAX / 2), 0, ""))).isFalse();
    assertThat(keeps(event("", 1, "x".repeat(RecentEvents.BYTES_MAX / 2)))).isFalse();
    assertThat(keeps(event("", 100, ""))).isFalse(); // of little JSON, and much memory
    assertThat(recent.find(kept.id().hex())).isSameAs(kept);
  }

  @Test
  void whatIsNotKeptIsToldAndServedAsEver() {
    MemoryRelay relay = new MemoryRelay();
    Event one = event("x".repeat(20_000), 1, "f".repeat(64));
    TestLink reader = relay.link().say("[\"REQ\",\"s\",{\"kinds\":[1]}]");
    assertThat(reader.heard()).containsExactly("[\"EOSE\",\"s\"]");
    MemoryRelay.publish(relay.link(), one);
    String told = "[\"EVENT\",\"s\"," + one.json() + "]";
    assertThat(reader.heard()).containsExactly(told);
    String filter = "{\"#p\":[\"" + "f".repeat(64) + "\"]}";
    assertThat(relay.link().say("[\"REQ\",\"s\"," + filter + "]").heard())
        .containsExactly(told, "[\"EOSE\",\"s\"]");
  }
}
