package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.key.PublicKey;
import java.util.Set;

/// Who looks.
///
/// @param keys those that the connection authenticated
/// @param identities whose they are
record Viewer(Set<PublicKey> keys, Set<Identities.Identity> identities) {

  Viewer {
    keys = Set.copyOf(keys);
    identities = Set.copyOf(identities);
  }
}
