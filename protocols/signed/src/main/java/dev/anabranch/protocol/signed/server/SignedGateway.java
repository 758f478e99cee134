package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.Memberships;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.door.Gateway;
import dev.anabranch.protocol.signed.wire.Refusal;
import dev.anabranch.protocol.signed.wire.SignedCodec;
import dev.anabranch.protocol.signed.wire.SignedFault;
import java.util.Objects;

/// The front door of signed entities: links whose first frame is a `connect`.
public final class SignedGateway implements Gateway {

  /// The gateway's name in changes (`origin`).
  public static final String ORIGIN = "signed";

  private final SignedSession.Surroundings here;
  private final SignedCodec codec;

  /// A gateway to a kernel.
  public SignedGateway(
      Kernel kernel,
      Memberships memberships,
      SignedPolicy policy,
      Accounts accounts,
      ServerKey serverKey,
      SignedSeams seams,
      SignedObserver observer) {
    this.here =
        new SignedSession.Surroundings(
            Objects.requireNonNull(kernel),
            Objects.requireNonNull(memberships),
            Objects.requireNonNull(policy),
            Objects.requireNonNull(accounts),
            Objects.requireNonNull(serverKey),
            new SignedSessions(policy.limits()),
            Objects.requireNonNull(seams),
            Objects.requireNonNull(observer));
    this.codec = new SignedCodec(policy.limits().frame());
  }

  /// The open sessions, to end those of a key.
  public SignedSessions sessions() {
    return here.sessions();
  }

  @Override
  public boolean opensWith(String firstFrame) {
    return codec.opens(firstFrame);
  }

  @Override
  public LinkHandler open(Link link, Handshake handshake) {
    return new SessionHandler(link, handshake);
  }

  /// One link: gives what comes in to its session.
  private final class SessionHandler implements LinkHandler {
    private final SignedOutbox outbox;
    private final SignedSession session;

    private SessionHandler(Link link, Handshake handshake) {
      this.outbox =
          new SignedOutbox(link, here.seams(), here.observer(), here.limits().outgoingMax());
      this.session =
          new SignedSession(
              here,
              codec,
              outbox,
              new SignedSession.Dialled(
                  here.policy().address().of(handshake), SignedAddress.said(handshake)));
    }

    @Override
    public void opened() {
      here.observer().opened();
      outbox.run(session::begin);
    }

    @Override
    public void text(String message) {
      outbox.run(() -> session.receive(message));
    }

    @Override
    public void binary(byte[] message) {
      outbox.run(() ->
          outbox.refuse(
              new Refusal(SignedFault.BINARY_FRAME, "signed entities speak text frames"), null));
    }

    @Override
    public void writable() {
      outbox.linkWritable();
    }

    @Override
    public void closed(int code, String reason) {
      session.end();
      here.observer().closed();
    }
  }
}
