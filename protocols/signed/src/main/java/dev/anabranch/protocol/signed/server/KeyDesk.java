package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.protocol.signed.wire.ServerFrames;
import dev.anabranch.protocol.signed.wire.SignedFault;
import dev.anabranch.protocol.signed.wire.SignedMessage.Link;
import dev.anabranch.protocol.signed.wire.SignedMessage.LinkStatement;
import dev.anabranch.protocol.signed.wire.SignedMessage.Revoke;
import dev.anabranch.protocol.signed.wire.SignedMessage.Unlink;
import dev.anabranch.protocol.signed.wire.Signing;
import java.util.concurrent.CompletionStage;

/// What one open session changes about the keys of its principal. Confined to the session's loop.
final class KeyDesk {

  private final SignedSession.Surroundings here;
  private final SignedOutbox outbox;
  private final FrameQueue frames;
  private final Accounts.Account account;

  KeyDesk(
      SignedSession.Surroundings here,
      SignedOutbox outbox,
      FrameQueue frames,
      Accounts.Account account) {
    this.here = here;
    this.outbox = outbox;
    this.frames = frames;
    this.account = account;
  }

  void link(Link link, long re) {
    LinkStatement statement = link.statement();
    if (!fits(statement)) {
      outbox.refuse(
          SignedFault.INVALID,
          "the statement must name this server and two keys, one of them this session's",
          re);
      return;
    }
    byte[] digest = Signing.digest(statement.json());
    frames.check(
        () ->
            link.keepSignature().isBy(statement.keep(), digest)
                && link.joinSignature().isBy(statement.join(), digest),
        re,
        () -> verified(statement, re));
  }

  private boolean fits(LinkStatement statement) {
    boolean isForUs = statement.server().equals(outbox.server());
    boolean isInvolved =
        account.key().equals(statement.keep()) || account.key().equals(statement.join());
    return isForUs && isInvolved && !statement.keep().equals(statement.join());
  }

  private void verified(LinkStatement statement, long re) {
    SignedPolicy.isTimely(
            statement.timestamp(),
            here.seams().millis(),
            here.limits().skewMillis(),
            SignedFault.STALE)
        .ifPresentOrElse(
            late -> outbox.refuse(late, re),
            () -> change("linked", statement.join(), re, here.accounts().link(statement)));
  }

  void unlink(Unlink unlink, long re) {
    change("unlinked", unlink.key(), re, here.accounts().unlink(account, unlink.key()));
  }

  void revoke(Revoke revoke, long re) {
    change("revoked", revoke.key(), re, here.accounts().revoke(account, revoke.key()));
  }

  private void change(
      String told, PublicKey key, long re, CompletionStage<Answer<Accounts.Changed>> change) {
    frames.ask(
        change,
        re,
        changed -> {
          outbox.send(ServerFrames.keys(told, key, changed.principal().text(), re));
          changed.ended().forEach(here.sessions()::end);
        });
  }
}
