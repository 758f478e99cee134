package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.protocol.signed.server.SignedChanges.Unfit;
import dev.anabranch.protocol.signed.wire.EntityKind;
import dev.anabranch.protocol.signed.wire.KeyText;
import dev.anabranch.protocol.signed.wire.Payload;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The field `sharing` of a chat's payload ↔ the grants of its scope; pure.
///
/// What a payload says of somebody holds for all of its names: the right of a principal is the
/// highest that one of its keys was ever given, by whatever way in, so that any other name that
/// holds more is brought down with it.
final class SharingChanges {

  static final String FIELD = "sharing";

  private static final int SHARED_MAX = 200;
  private static final Map<String, Right> SHARES = shares();

  private SharingChanges() {}

  private static Map<String, Right> shares() {
    Map<String, Right> shares = new LinkedHashMap<>();
    shares.put("readers", Right.READ);
    shares.put("writers", Right.WRITE);
    shares.put("owners", Right.ADMIN);
    shares.put("revoked", Right.NONE);
    return shares;
  }

  /// Whom a payload names; keys that nobody can have and other nonsense is left out.
  ///
  /// @param keys keys, whose principals are to be found
  /// @param principals names that are no keys
  record Named(Set<PublicKey> keys, Set<PrincipalId> principals) {

    Named {
      keys = Set.copyOf(keys);
      principals = Set.copyOf(principals);
    }

    /// Those of several payloads.
    static Named in(List<Payload> payloads) {
      Set<PublicKey> keys = new HashSet<>();
      Set<PrincipalId> principals = new HashSet<>();
      for (Payload payload : payloads) {
        for (String text : texts(payload)) {
          KeyText.parse(text)
              .ifPresentOrElse(keys::add, () -> PrincipalId.parse(text).ifPresent(principals::add));
        }
      }
      return new Named(keys, principals);
    }

    boolean isEmpty() {
      return keys.isEmpty() && principals.isEmpty();
    }
  }

  /// Nothing of what will be refused: looking names up costs reads.
  private static List<String> texts(Payload payload) {
    List<String> texts = new ArrayList<>();
    if (payload.entity() == EntityKind.CHAT
        && payload.data().get(FIELD) instanceof JsonObject sharing
        && SHARES.keySet().containsAll(sharing.fields().keySet())) {
      for (Json list : sharing.fields().values()) {
        if (list instanceof JsonArray(List<Json> names) && names.size() <= SHARED_MAX) {
          for (Json name : names) {
            if (name instanceof JsonString(String text)) {
              texts.add(text);
            }
          }
        }
      }
    }
    return texts;
  }

  /// The chat that a payload shares; empty when it shares none.
  static Optional<ScopeName> sharedBy(Payload payload) {
    String id = payload.id();
    return texts(payload).isEmpty() || id == null
        ? Optional.empty()
        : SignedChanges.chatScopeOf(id);
  }

  /// The grants that a chat's data writes.
  static List<Write> grants(JsonObject data, ScopeName scope, String key, Sharing known) {
    Json value = data.get(FIELD);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof JsonObject sharing)) {
      throw new Unfit("data.sharing must be an object");
    }
    List<Write> grants = new ArrayList<>();
    rights(sharing, known)
        .forEach((principal, right) -> {
          grants.add(grant(key, scope, principal, right));
          for (PrincipalId name : known.also(principal)) {
            if (!right.covers(known.held(scope, name))) {
              grants.add(grant(key, scope, name, right));
            }
          }
        });
    return grants;
  }

  private static Map<PrincipalId, Right> rights(JsonObject sharing, Sharing known) {
    Map<PrincipalId, Right> rights = new LinkedHashMap<>();
    for (String share : sharing.fields().keySet()) {
      Right right = SHARES.get(share);
      if (right == null) {
        throw new Unfit("data.sharing knows readers, writers, owners and revoked, not " + share);
      }
      for (PrincipalId principal : principals(sharing.get(share), share, known)) {
        if (rights.put(principal, right) != null) {
          throw new Unfit("data.sharing names " + principal + " twice");
        }
      }
    }
    return rights;
  }

  private static Write grant(String key, ScopeName scope, PrincipalId principal, Right right) {
    return Write.insert(
        SignedChanges.derived(key, FIELD + "/" + principal.text()),
        EntityKey.grant(scope, principal),
        JsonObject.EMPTY.with("right", right.word()));
  }

  private static List<PrincipalId> principals(@Nullable Json value, String share, Sharing known) {
    if (!(value instanceof JsonArray(List<Json> names)) || names.size() > SHARED_MAX) {
      throw new Unfit("data.sharing." + share + " must be an array of at most " + SHARED_MAX);
    }
    List<PrincipalId> principals = new ArrayList<>();
    for (Json name : names) {
      if (!(name instanceof JsonString(String text))) {
        throw new Unfit("data.sharing." + share + " must hold texts");
      }
      Optional<PrincipalId> principal =
          KeyText.parse(text).map(known::of).or(() -> PrincipalId.parse(text));
      principals.add(principal.orElseThrow(() -> new Unfit("data.sharing names nobody: " + text)));
    }
    return principals;
  }
}
