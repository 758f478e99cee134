package dev.anabranch.client.nostr.relay;

import dev.anabranch.link.Link;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.message.ClientMessage;
import dev.anabranch.nostr.message.RelayMessage.Ok;
import dev.anabranch.nostr.rule.ClientAuthentication;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Says on one line who asks (NIP-42), with every key there is; on the line's loop.
final class LineKeys {

  private final RelayUrl relay;
  private final LineSettings settings;
  private final Link link;
  private final InstantSource clock;
  private final Consumer<ClientMessage> out;
  private final Runnable unanswered;
  private final Set<EventId> underWay = new HashSet<>();
  private @Nullable String challenge;

  /// @param unanswered told when the relay did not answer a proof in time
  LineKeys(
      RelayUrl relay,
      LineSettings settings,
      Link link,
      InstantSource clock,
      Consumer<ClientMessage> out,
      Runnable unanswered) {
    RelayUrl name = settings.calledAs();
    this.relay = name == null ? relay : name;
    this.settings = settings;
    this.link = link;
    this.clock = clock;
    this.out = out;
    this.unanswered = unanswered;
  }

  /// The relay asks; answered at once when there are keys.
  void challenged(String fresh) {
    challenge = fresh;
    prove();
  }

  private void prove() {
    String over = challenge;
    if (over == null) {
      return;
    }
    for (SecretKey key : settings.keys()) {
      Event proof =
          ClientAuthentication.answer(key.publicKey(), over, relay.text(), clock.millis() / 1_000)
              .sign(key);
      if (underWay.add(proof.id())) {
        out.accept(new ClientMessage.Authenticate(proof));
        giveUpLater(proof.id());
      }
    }
  }

  private void giveUpLater(EventId proof) {
    var unused =
        link.schedule(
            Duration.ofMillis(settings.answerMillis()),
            () -> {
              if (underWay.remove(proof)) {
                unanswered.run();
              }
            });
  }

  /// After a refusal for want of a key: proves once more, as soon as there is a challenge; some
  /// relays send theirs behind the refusal.
  ///
  /// @return whether there is anything to prove
  boolean proveAgain() {
    if (!isUnderWay()) {
      prove();
    }
    return !settings.keys().isEmpty();
  }

  /// Gives up on a relay that wants a key and never sends a challenge.
  void whenNotAsked(Runnable refused) {
    if (challenge == null) {
      var unused =
          link.schedule(
              Duration.ofMillis(settings.answerMillis()),
              () -> {
                if (challenge == null) {
                  refused.run();
                }
              });
    }
  }

  /// Whether answers are still to come.
  boolean isUnderWay() {
    return !underWay.isEmpty();
  }

  /// Whether an answer is one to a proof of ours.
  boolean answered(Ok ok) {
    return underWay.remove(ok.id());
  }
}
