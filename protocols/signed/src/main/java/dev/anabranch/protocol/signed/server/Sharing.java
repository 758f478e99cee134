package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.nostr.key.PublicKey;
import java.util.Map;
import java.util.Set;

/// Whom payloads share chats with, as it was found out before they are written.
///
/// @param principals whose the keys are that payloads name
/// @param also further names of the principals that payloads name; whoever has none is missing
/// @param held the grants that such names have in the chats
record Sharing(
    Map<PublicKey, PrincipalId> principals,
    Map<PrincipalId, Set<PrincipalId>> also,
    Map<EntityKey, Right> held) {

  /// Nobody.
  static final Sharing NONE = new Sharing(Map.of(), Map.of(), Map.of());

  Sharing {
    principals = Map.copyOf(principals);
    also = Map.copyOf(also);
    held = Map.copyOf(held);
  }

  PrincipalId of(PublicKey key) {
    return principals.getOrDefault(key, new PrincipalId(key.hex()));
  }

  Set<PrincipalId> also(PrincipalId principal) {
    return also.getOrDefault(principal, Set.of());
  }

  Right held(ScopeName scope, PrincipalId name) {
    return held.getOrDefault(EntityKey.grant(scope, name), Right.NONE);
  }
}
