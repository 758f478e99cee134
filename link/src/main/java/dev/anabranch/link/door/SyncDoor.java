package dev.anabranch.link.door;

import dev.anabranch.link.Admission;
import dev.anabranch.link.Cancellable;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkAcceptor;
import dev.anabranch.link.LinkHandler;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Lets links in and gives each to the first gateway that knows its first frame.
///
/// A first frame that nobody knows is answered and closes the link with 1002; a link that says
/// nothing in time is closed with 1008.
public final class SyncDoor implements LinkAcceptor {
  private final List<Gateway> gateways;
  private final Function<Handshake, Optional<HttpAnswer>> guard;
  private final Frame unknown;
  private final Duration patience;

  /// A door.
  ///
  /// @param gateways in the order in which they are asked
  /// @param guard what a handshake that may not come in is answered with; empty = welcome
  /// @param unknown said to a link whose first frame nobody knows
  /// @param patience how long a link may say nothing
  public SyncDoor(
      List<? extends Gateway> gateways,
      Function<Handshake, Optional<HttpAnswer>> guard,
      Frame unknown,
      Duration patience) {
    this.gateways = List.copyOf(gateways);
    this.guard = Objects.requireNonNull(guard);
    this.unknown = Objects.requireNonNull(unknown);
    this.patience = Objects.requireNonNull(patience);
  }

  @Override
  public CompletionStage<Admission> admit(Handshake handshake) {
    return CompletableFuture.completedFuture(
        guard
            .apply(handshake)
            .<Admission>map(Admission::refuse)
            .orElseGet(() -> Admission.accept(link -> new Chooser(link, handshake))));
  }

  /// A link that has not said which protocol it speaks, then one that has.
  private final class Chooser implements LinkHandler {
    private final Link link;
    private final Handshake handshake;
    private @Nullable Cancellable timeout;
    private @Nullable LinkHandler chosen;
    private boolean ended;

    private Chooser(Link link, Handshake handshake) {
      this.link = link;
      this.handshake = handshake;
    }

    @Override
    public void opened() {
      timeout = link.schedule(patience, this::tooLate);
    }

    private void tooLate() {
      if (chosen == null) {
        ended = true;
        link.close(CloseCode.POLICY, "no frame came in time");
      }
    }

    @Override
    public void text(String message) {
      LinkHandler handler = chosen;
      if (handler == null) {
        handler = choose(message);
      }
      if (handler != null) {
        handler.text(message);
      }
    }

    private @Nullable LinkHandler choose(String message) {
      if (ended) {
        return null;
      }
      for (Gateway gateway : gateways) {
        if (gateway.opensWith(message)) {
          forgetTimeout();
          LinkHandler handler = gateway.open(link, handshake);
          chosen = handler;
          handler.opened();
          return handler;
        }
      }
      refuse();
      return null;
    }

    private void refuse() {
      ended = true;
      forgetTimeout();
      link.outbox().send(unknown);
      link.outbox().flush();
      link.close(CloseCode.PROTOCOL_ERROR, "the first frame belongs to no protocol");
    }

    private void forgetTimeout() {
      if (timeout != null) {
        timeout.cancel();
      }
    }

    @Override
    public void binary(byte[] message) {
      if (chosen != null) {
        chosen.binary(message);
      } else if (!ended) {
        refuse();
      }
    }

    @Override
    public void writable() {
      if (chosen != null) {
        chosen.writable();
      }
    }

    @Override
    public void closed(int code, String reason) {
      ended = true;
      forgetTimeout();
      if (chosen != null) {
        chosen.closed(code, reason);
      }
    }
  }
}
