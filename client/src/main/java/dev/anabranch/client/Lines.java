package dev.anabranch.client;

import dev.anabranch.client.session.Effect;
import dev.anabranch.client.session.UserCode;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Dial;
import dev.anabranch.link.Dialer;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Headers;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.protocol.scope.wire.Decoded;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeCodec;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/// Opens, uses and closes the links that a session numbers; tells it what they do.
final class Lines {

  private final ClientSettings settings;
  private final Dialer dialer;
  private final DeviceLoop session;
  private final ScopeCodec codec = ScopeCodec.ofClient();
  private final Map<Long, Link> open = new ConcurrentHashMap<>();

  /// @param session takes what happened, from any thread
  Lines(ClientSettings settings, Dialer dialer, DeviceLoop session) {
    this.settings = settings;
    this.dialer = dialer;
    this.session = session;
  }

  void dial(long number) {
    Headers credentials;
    try {
      credentials = credentials();
    } catch (Throwable thrown) {
      UserCode.rethrowIfFatal(thrown);
      unreachable(number, "the token cannot be had: " + thrown);
      return;
    }
    try {
      dial(number, credentials);
    } catch (Throwable thrown) {
      UserCode.rethrowIfFatal(thrown);
      unreachable(number, "cannot dial: " + thrown);
    }
  }

  private void dial(long number, Headers credentials) {
    Dial dial = new Dial(settings.server(), credentials, List.of(), settings.dialTimeout());
    var dialling =
        dialer
            .dial(
                dial,
                link -> {
                  open.put(number, link);
                  return new Handler(number);
                })
            .whenComplete((link, failure) -> {
              if (failure != null) {
                unreachable(number, reason(failure));
              }
            });
    dialling.exceptionally(told -> null);
  }

  private Headers credentials() {
    return settings
        .token()
        .get()
        .map(token -> Headers.of("Authorization", "Bearer " + token))
        .orElseGet(Headers::empty);
  }

  private void unreachable(long number, String why) {
    session.tell(state -> state.unreachable(number, why));
  }

  private static String reason(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  void send(Effect.Send send) {
    Link link = open.get(send.link());
    if (link != null) {
      Frame frame = Frame.text(ScopeCodec.encode(send.message()));
      link.execute(() -> {
        link.outbox().send(frame);
        link.outbox().flush();
      });
    }
  }

  void hangUp(Effect.HangUp hangUp) {
    Link link = open.remove(hangUp.link());
    if (link != null) {
      link.close(hangUp.code(), hangUp.reason());
    }
  }

  void closeAll() {
    open.values().forEach(link -> link.close(CloseCode.NORMAL, "closing"));
    open.clear();
  }

  /// One link's callbacks.
  private final class Handler implements LinkHandler {

    private final long number;

    private Handler(long number) {
      this.number = number;
    }

    @Override
    public void opened() {
      session.tell(state -> state.opened(number));
    }

    @Override
    public void text(String message) {
      switch (codec.toClient(message)) {
        case Decoded.Good<ScopeMessage.ToClient>(ScopeMessage.ToClient said) ->
            session.hear(message.length(), state -> state.heard(number, said));
        case Decoded.Bad<ScopeMessage.ToClient> bad -> misunderstood(bad.refusal());
      }
    }

    /// A type that this client does not know comes from a later server, and is not for it.
    private void misunderstood(Refusal refusal) {
      if (refusal.fault() != ScopeFault.UNKNOWN_TYPE) {
        session.tell(state -> state.garbled(number, refusal.detail()));
      }
    }

    @Override
    public void binary(byte[] message) {
      session.tell(state -> state.garbled(number, "a binary frame"));
    }

    @Override
    public void closed(int code, String reason) {
      open.remove(number);
      session.tell(state -> state.closed(number, code, reason));
    }
  }
}
