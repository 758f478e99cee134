package dev.anabranch.storage.sql;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import java.util.ArrayList;
import java.util.List;

/// Authorities as the JSON text that the table `credential` keeps.
final class AuthorityText {

  private AuthorityText() {}

  static String of(Authority authority) {
    List<Json> scopes = new ArrayList<>();
    authority.scopes().forEach(pattern -> scopes.add(new JsonString(pattern.text())));
    return JsonObject.EMPTY
        .with("scopes", new JsonArray(scopes))
        .with("ceiling", authority.ceiling().word())
        .with("create", JsonBoolean.of(authority.mayCreate()))
        .with("owner", JsonBoolean.of(authority.ownsServer()))
        .text();
  }

  static Authority parse(String text) {
    JsonObject authority = JsonDecoder.stored(text);
    List<ScopePattern> scopes = new ArrayList<>();
    if (authority.get("scopes") instanceof JsonArray(List<Json> values)) {
      values.forEach(value -> scopes.add(new ScopePattern(((JsonString) value).value())));
    }
    return new Authority(
        scopes,
        authority.string("ceiling").flatMap(Right::ofWord).orElse(Right.NONE),
        authority.get("create") == JsonBoolean.TRUE,
        authority.get("owner") == JsonBoolean.TRUE);
  }
}
