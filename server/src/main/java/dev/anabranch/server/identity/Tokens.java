package dev.anabranch.server.identity;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.Credentials;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/// Makes, lists and ends tokens; the same over HTTP and on a database that nobody serves.
///
/// Every method asks the database and may take its time.
public final class Tokens {

  /// The most tokens that one list shows.
  public static final int LIST_MAX = 10_000;

  private final Credentials credentials;
  private final InstantSource clock;
  private final RandomGenerator random;

  /// Tokens among a database's credentials.
  ///
  /// @param random must be unguessable
  public Tokens(Credentials credentials, InstantSource clock, RandomGenerator random) {
    this.credentials = credentials;
    this.clock = clock;
    this.random = random;
  }

  /// A token that was just made; its secret is known to nobody else and kept nowhere.
  public record Made(ApiToken token, Credential credential) {}

  /// Makes a token; it counts from now on.
  public Made create(TokenRequest request) {
    ApiToken token = ApiToken.make(random);
    long now = clock.millis();
    Credential credential =
        new Credential(
            Credential.TOKEN,
            token.id(),
            request.principal(),
            token.secretHash(),
            request.authority(),
            request.label(),
            now,
            request.seconds() == null ? null : now + request.seconds() * 1000,
            null);
    credentials.add(credential);
    return new Made(token, credential);
  }

  /// All tokens, without their secrets.
  public List<Credential> list() {
    return credentials.list(Credential.TOKEN, LIST_MAX);
  }

  /// Ends a token; whether there was one that still counted.
  ///
  /// @param id the part between the two underscores
  public boolean revoke(String id) {
    return credentials.revoke(Credential.TOKEN, id, clock.millis());
  }

  /// What is told of a token: everything but its secret.
  public static JsonObject shown(Credential credential) {
    List<Json> scopes =
        credential.authority().scopes().stream()
            .<Json>map(pattern -> new JsonString(pattern.text()))
            .toList();
    JsonObject shown =
        JsonObject.EMPTY
            .with("id", credential.publicId())
            .with("principal", credential.principal().text())
            .with("scopes", new JsonArray(scopes))
            .with("right", credential.authority().ceiling().word())
            .with("create", JsonBoolean.of(credential.authority().mayCreate()))
            .with("owner", JsonBoolean.of(credential.authority().ownsServer()))
            .with("label", credential.label())
            .with("createdAt", credential.createdAt());
    Long expiresAt = credential.expiresAt();
    Long revokedAt = credential.revokedAt();
    shown = expiresAt == null ? shown : shown.with("expiresAt", expiresAt);
    return revokedAt == null ? shown : shown.with("revokedAt", revokedAt);
  }
}
