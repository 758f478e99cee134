package dev.anabranch.server.identity;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.Credentials;
import dev.anabranch.nostr.key.PublicKey;
import java.time.InstantSource;
import java.util.List;

/// What the operator can do about Nostr keys, whoever they belong to: lists those that were linked
/// or revoked, and revokes one; the same over HTTP and on the database.
///
/// Every method asks the database and may take its time.
public final class LinkedKeys {

  /// The most keys that one list shows.
  public static final int LIST_MAX = 10_000;

  private final Credentials credentials;
  private final InstantSource clock;

  /// Keys among a database's credentials.
  public LinkedKeys(Credentials credentials, InstantSource clock) {
    this.credentials = credentials;
    this.clock = clock;
  }

  /// All keys that were linked or revoked; any other is the principal of its own name.
  public List<Credential> list() {
    return credentials.list(Credential.NOSTR, LIST_MAX);
  }

  /// Keeps a key out from now on, also one that was never linked; whether it still counted.
  public boolean revoke(PublicKey key) {
    long now = clock.millis();
    if (credentials.revoke(Credential.NOSTR, key.hex(), now)) {
      return true;
    }
    return credentials.find(Credential.NOSTR, key.hex()).isEmpty()
        && credentials.putUnlessRevoked(
            new Credential(
                Credential.NOSTR,
                key.hex(),
                new PrincipalId(key.hex()),
                null,
                Authority.GRANTED,
                "",
                now,
                null,
                now));
  }

  /// What is told of a key.
  public static JsonObject shown(Credential credential) {
    JsonObject shown =
        JsonObject.EMPTY
            .with("key", credential.publicId())
            .with("principal", credential.principal().text())
            .with("createdAt", credential.createdAt());
    Long revokedAt = credential.revokedAt();
    return revokedAt == null ? shown : shown.with("revokedAt", revokedAt);
  }
}
