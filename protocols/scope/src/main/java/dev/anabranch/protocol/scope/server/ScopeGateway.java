package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.PlainFrame;
import dev.anabranch.link.door.Gateway;
import dev.anabranch.protocol.scope.wire.Decoded;
import dev.anabranch.protocol.scope.wire.Problem;
import dev.anabranch.protocol.scope.wire.PushWrite;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeCodec;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ErrorAnswer;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Scope sync's front door: links and requests come in here, sessions and handlers are made.
public final class ScopeGateway implements Gateway {
  /// The gateway's name in changes (`origin`).
  public static final String ORIGIN = "scope";

  /// The header by which a client names its device.
  public static final String DEVICE_HEADER = "Anabranch-Device";

  /// What is said of a header that names none.
  static final String NO_DEVICE = DEVICE_HEADER + " is not a device's name in UTF-8";

  private final ScopeSession.Surroundings here;
  private final ScopeCodec codec;
  private final AtomicLong clients = new AtomicLong();
  private final ScopeRouter router;

  /// A gateway to a kernel.
  public ScopeGateway(
      Kernel kernel,
      ScopePolicy policy,
      Authenticator authenticator,
      ScopeSeams seams,
      ScopeObserver observer) {
    this.here =
        new ScopeSession.Surroundings(
            Objects.requireNonNull(kernel),
            Objects.requireNonNull(policy),
            Objects.requireNonNull(authenticator),
            Objects.requireNonNull(seams),
            Objects.requireNonNull(observer),
            new WriteRates(policy.limits().http(), seams));
    this.codec = ScopeCodec.ofServer(policy.limits().session().frame());
    this.router = new ScopeRouter(here);
  }

  /// Answers scope sync's HTTP requests; anything else is `unknown_route`.
  public ScopeRouter router() {
    return router;
  }

  /// The description of scope sync's HTTP interface: OpenAPI 3.1 as JSON.
  public static byte[] description() {
    return OpenApi.description();
  }

  /// What a handshake that may not come in is answered with: the guard of a
  /// [dev.anabranch.link.door.SyncDoor].
  public Optional<HttpAnswer> refuses(Handshake handshake) {
    return here.policy()
        .admits(handshake.headers())
        .map(refusal -> {
          here.observer().refused(refusal.fault());
          return ScopeExchange.problem(Problem.of(refusal));
        });
  }

  /// What a link hears whose first frame belongs to no protocol.
  public static PlainFrame unknownProtocol() {
    Refusal refusal =
        new Refusal(
            ScopeFault.UNKNOWN_PROTOCOL,
            "scope sync begins with a JSON object whose type is auth, subscribe, push, ping or"
                + " presence; where they are spoken, signed entities begin with one whose type is"
                + " connect, and Nostr with a JSON array");
    return Frame.text(ScopeCodec.encode(ErrorAnswer.of(refusal, null, null)));
  }

  @Override
  public boolean opensWith(String firstFrame) {
    return codec.opens(firstFrame);
  }

  @Override
  public LinkHandler open(Link link, Handshake handshake) {
    return new SessionHandler(link, handshake);
  }

  /// The token that a request shows: `Authorization: Bearer …`, or `?token=` where a browser cannot
  /// set headers.
  static @Nullable String tokenOf(Headers headers, Optional<String> parameter) {
    String authorization = headers.first("Authorization").orElse("");
    return authorization.regionMatches(true, 0, "Bearer ", 0, 7)
        ? authorization.substring(7).strip()
        : parameter.orElse(null);
  }

  /// The device that a header names.
  static Optional<DeviceId> deviceOf(String value) {
    return Headers.utf8(value).flatMap(PushWrite::parseDevice);
  }

  /// One link: decodes what comes in, and gives it to its session.
  private final class SessionHandler implements LinkHandler {
    private final SessionLink link;
    private final Handshake handshake;
    private final ScopeSession session;
    private final boolean isNamedWrongly;

    private SessionHandler(Link link, Handshake handshake) {
      this.handshake = handshake;
      Optional<String> header = handshake.headers().combined(DEVICE_HEADER);
      Optional<String> parameter = handshake.target().parameter("device");
      Optional<DeviceId> device =
          header.isPresent()
              ? header.flatMap(ScopeGateway::deviceOf)
              : parameter.flatMap(PushWrite::parseDevice);
      this.isNamedWrongly = device.isEmpty() && (header.isPresent() || parameter.isPresent());
      this.link = new SessionLink(link, here.observer());
      ScopeSession.Client client =
          new ScopeSession.Client(clients.incrementAndGet(), handshake.peer(), device.orElse(null));
      this.session = new ScopeSession(here, client, this.link);
    }

    @Override
    public void opened() {
      here.observer().opened();
      link.run(() -> {
        if (isNamedWrongly) {
          Refusal refusal = new Refusal(ScopeFault.INVALID, NO_DEVICE);
          link.refuse(ErrorAnswer.of(refusal, null, null));
          link.close(CloseCode.POLICY, refusal.detail());
        } else {
          session.begin(tokenOf(handshake.headers(), handshake.target().parameter("token")));
        }
      });
    }

    @Override
    public void text(String message) {
      link.run(() -> {
        switch (codec.fromClient(message)) {
          case Decoded.Good<ScopeMessage.FromClient>(ScopeMessage.FromClient known) -> {
            here.observer().received(known.getClass().getSimpleName());
            session.receive(known);
          }
          case Decoded.Bad<ScopeMessage.FromClient> bad ->
              session.misunderstood(bad.refusal(), bad.scope(), bad.ref());
        }
      });
    }

    @Override
    public void binary(byte[] message) {
      link.run(() ->
          link.refuse(
              ErrorAnswer.of(
                  new Refusal(ScopeFault.BINARY_FRAME, "scope sync speaks text frames"),
                  null,
                  null)));
    }

    @Override
    public void writable() {
      link.runAndFlush(session::writable);
    }

    @Override
    public void closed(int code, String reason) {
      session.end();
      here.observer().closed();
    }
  }
}
