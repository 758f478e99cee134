package dev.anabranch.protocol.nostr.server;

import static dev.anabranch.protocol.nostr.server.MemoryRelay.event;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.key;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.publish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Live events reach those who may read them and nobody else, and the grants of a scope are read
/// once however many listen.
class LiveRightsTest {

  private static final SecretKey WRITER = key(99);
  private static final ScopeName CHAT = new ScopeName("chat:c");

  private final MemoryRelay relay = new MemoryRelay();
  private final TestLink writer = relay.link();
  private int written;

  /// Somebody who listens to everything.
  private TestLink listener(int number) {
    TestLink link = relay.link(key(number)).say("[\"REQ\",\"s\",{\"kinds\":[1]}]");
    assertThat(link.heard()).hasSize(1);
    return link;
  }

  @BeforeEach
  void lets() {
    relay.grant(CHAT, WRITER.publicKey().hex(), Right.WRITE);
  }

  private Event show() {
    Event shown =
        event(
            WRITER,
            1,
            "n" + written++,
            Tag.of("proxy", "http://x/", "web"),
            Tag.of("scope", CHAT.text(), "Message", "m"));
    publish(writer, shown);
    return shown;
  }

  private static String told(Event event) {
    return "[\"EVENT\",\"s\"," + event.json() + "]";
  }

  @Test
  void aThousandListenersOfAScopeCostNoMoreReadsThanOne() {
    List<TestLink> listeners = new ArrayList<>();
    for (int number = 0; number < 30; number++) {
      listeners.add(listener(number));
    }
    publish(writer, event(WRITER, 1, "plain"));
    int before = relay.readers.ran();
    publish(writer, event(WRITER, 1, "plain again"));
    int plain = relay.readers.ran() - before;
    listeners.forEach(TestLink::heard);
    relay.grant(CHAT, key(3).publicKey().hex(), Right.READ);
    before = relay.readers.ran();
    Event shown = show();
    // Two ask for the writer's right, and two for all who listen.
    assertThat(relay.readers.ran() - before - plain).isLessThanOrEqualTo(4);
    for (int number = 0; number < 30; number++) {
      assertThat(listeners.get(number).heard())
          .isEqualTo(number == 3 ? List.of(told(shown)) : List.of());
    }
  }

  @Test
  void aConfidentialEventReachesWhomItIsForAndNobodyElseWhoAsks() {
    String request = "[\"REQ\",\"s\",{\"kinds\":[1059]}]";
    TestLink bob = relay.link(key(3)).say(request);
    TestLink eve = relay.link(key(4)).say(request);
    assertThat(bob.heard()).hasSize(1);
    assertThat(eve.heard()).hasSize(1);
    Event wrap = event(WRITER, 1059, "sealed", Tag.of("p", key(3).publicKey().hex()));
    publish(writer, wrap);
    assertThat(bob.heard()).containsExactly(told(wrap));
    assertThat(eve.heard()).isEmpty();
  }

  @Test
  void nothingReachesTheRevoked() {
    TestLink bob = listener(3);
    relay.grant(CHAT, key(3).publicKey().hex(), Right.READ);
    Event first = show();
    assertThat(bob.heard()).containsExactly(told(first));
    relay.grant(CHAT, key(3).publicKey().hex(), Right.NONE);
    show();
    assertThat(bob.heard()).isEmpty();
    relay.grant(CHAT, Authorizer.ANYONE.text(), Right.READ);
    Event open = show();
    assertThat(bob.heard()).containsExactly(told(open));
  }

  @Test
  void aScopeWithMoreGrantsThanAreReadAtOnceAsksForEach() {
    TestLink bob = listener(3);
    TestLink eve = listener(4);
    for (int number = 0; number <= BatchRights.GRANTS_MAX; number++) {
      relay.grant(CHAT, "z" + number, Right.READ);
    }
    relay.grant(CHAT, key(3).publicKey().hex(), Right.READ);
    Event shown = show();
    assertThat(bob.heard()).containsExactly(told(shown));
    assertThat(eve.heard()).isEmpty();
  }

  /// One event whose readers could not be asked when it was to be told.
  private Event untold(Throwable why) {
    relay.grant(CHAT, key(3).publicKey().hex(), Right.READ);
    relay.feed.hold();
    Event shown = show();
    relay.isAway = true;
    relay.whenAway = why;
    relay.feed.release();
    relay.isAway = false;
    return shown;
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void whoseReadersCannotBeAskedIsToldBeforeWhatComesNext(Throwable why) {
    TestLink bob = listener(3);
    Event first = untold(why);
    assertThat(bob.heard()).isEmpty();
    Event second = show();
    assertThat(bob.heard()).containsExactly(told(first), told(second));
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void whoseReadersCannotBeAskedIsToldAfterAMomentThoughNobodyWritesMore(Throwable why) {
    TestLink bob = listener(3);
    Event shown = untold(why);
    relay.elapse();
    assertThat(bob.heard()).containsExactly(told(shown));
    assertThat(relay.later).isEmpty();
  }

  private static Stream<Throwable> troubles() {
    return Stream.of(
        new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away"),
        new IllegalStateException("broken"),
        new OutOfMemoryError("the test says so"));
  }
}
