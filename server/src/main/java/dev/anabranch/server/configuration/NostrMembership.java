package dev.anabranch.server.configuration;

import dev.anabranch.protocol.nostr.server.NostrAccess.Who;
import java.util.Objects;

/// Whether the relay says who its members are, and lets in who has an invite code (NIP-43).
///
/// @param enabled whether it does
/// @param inviters who gets an invite code for the asking; administrators always do
/// @param inviteSeconds how long one is good
public record NostrMembership(boolean enabled, Who inviters, int inviteSeconds) {

  private static final int WEEK_SECONDS = 604_800;

  public NostrMembership {
    Objects.requireNonNull(inviters, "inviters");
  }

  static NostrMembership read(Section section) {
    return new NostrMembership(
        section.flag("membership", false),
        section.word("inviters", Who.MEMBERS),
        section.number("invite_seconds", WEEK_SECONDS, 1, Integer.MAX_VALUE));
  }
}
