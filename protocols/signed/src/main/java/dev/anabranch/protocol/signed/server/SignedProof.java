package dev.anabranch.protocol.signed.server;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.protocol.signed.wire.Refusal;
import dev.anabranch.protocol.signed.wire.SignedFault;
import dev.anabranch.protocol.signed.wire.SignedMessage.Connect;
import java.util.Optional;

/// An event of kind 22242 (NIP-42) as proof of a key: signers that sign nothing but events (NIP-07,
/// NIP-46) let another key sign the frames of one link. Pure; the event's signature is checked
/// elsewhere.
final class SignedProof {

  private SignedProof() {}

  /// Why an event does not let the connecting key speak for its author.
  ///
  /// @param challenge the one that this link was given
  /// @param relay where the link leads
  static Optional<Refusal> refuses(
      Event proof,
      Connect connect,
      String challenge,
      String relay,
      long nowMillis,
      long skewMillis) {
    if (proof.kind() != Kinds.CLIENT_AUTHENTICATION) {
      return no(SignedFault.UNAUTHENTICATED, "a proof is an event of kind 22242");
    }
    if (!says(proof, "challenge", challenge) || !says(proof, "relay", relay)) {
      return no(
          SignedFault.WRONG_CHALLENGE,
          "the proof must have the tags challenge, as it was given on this link, and relay, "
              + relay);
    }
    if (!says(proof, "key", connect.key().hex())) {
      return no(
          SignedFault.UNAUTHENTICATED,
          "the proof must have a tag key with the connecting key, in hexadecimal digits");
    }
    return SignedPolicy.isTimely(
        proof.createdAtSeconds() * 1_000,
        nowMillis,
        skewMillis + 999, // events tell whole seconds
        SignedFault.STALE_CONNECT);
  }

  private static boolean says(Event proof, String tag, String value) {
    return proof.tag(tag).map(Tag::value).filter(value::equals).isPresent();
  }

  private static Optional<Refusal> no(SignedFault fault, String detail) {
    return Optional.of(new Refusal(fault, detail));
  }
}
