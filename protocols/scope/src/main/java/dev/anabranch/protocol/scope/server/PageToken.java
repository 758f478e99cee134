package dev.anabranch.protocol.scope.server;

import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.store.SnapshotPage;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;

/// Where the next page of a bootstrap begins: opaque to clients, and good only in its epoch.
///
/// @param epoch in which history
/// @param lastSyncId the first page's cursor, which stays that of all
/// @param place behind which entity
record PageToken(long epoch, long lastSyncId, SnapshotPage.Place place) {
  private static final JsonDecoder JSON = new JsonDecoder(new JsonLimits(2048, 2, 20));

  /// The token's text, fit for a URL.
  String text() {
    JsonObject token =
        JsonObject.EMPTY
            .with("e", epoch)
            .with("c", lastSyncId)
            .with("m", place.model().text())
            .with("i", place.id().text());
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(token.text().getBytes(StandardCharsets.UTF_8));
  }

  /// The token of a text, when it is one.
  static Optional<PageToken> parse(String text) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
    return JSON.decode(bytes) instanceof Decoded.Value(JsonObject token)
        ? parse(token)
        : Optional.empty();
  }

  private static Optional<PageToken> parse(JsonObject token) {
    OptionalLong epoch = token.number("e");
    OptionalLong lastSyncId = token.number("c");
    Optional<ModelName> model = token.string("m").flatMap(ModelName::parse);
    Optional<EntityId> id = token.string("i").flatMap(EntityId::parse);
    if (epoch.isEmpty() || lastSyncId.isEmpty() || model.isEmpty() || id.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new PageToken(
            epoch.getAsLong(),
            lastSyncId.getAsLong(),
            new SnapshotPage.Place(model.get(), id.get())));
  }
}
