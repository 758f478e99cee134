package dev.anabranch.server.identity;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.PrincipalId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a new token is to be.
///
/// @param principal whom it names
/// @param authority what it lets its principal do at most
/// @param label what its owner calls it; may be empty
/// @param seconds how long it counts; null = until it is revoked
public record TokenRequest(
    PrincipalId principal, Authority authority, String label, @Nullable Long seconds) {

  private static final Set<String> FIELDS =
      Set.of("principal", "scopes", "right", "create", "owner", "label", "seconds");
  private static final int LABEL_CHARS_MAX = 200;
  private static final int SCOPES_MAX = 100;

  public TokenRequest {
    Objects.requireNonNull(principal, "principal");
    Objects.requireNonNull(authority, "authority");
    Objects.requireNonNull(label, "label");
    if (principal.equals(PrincipalId.ERASER)) {
      throw new IllegalArgumentException("the principal " + principal + " is the server's own");
    }
  }

  /// The request that a JSON object spells.
  ///
  /// @throws IllegalArgumentException with a sentence for the one who sent it
  public static TokenRequest of(JsonObject json) {
    for (String field : json.fields().keySet()) {
      if (!FIELDS.contains(field)) {
        throw new IllegalArgumentException(
            "nothing is called " + field + " in a token; known are " + sorted());
      }
    }
    return new TokenRequest(
        PrincipalId.parse(text(json, "principal", ""))
            .orElseThrow(
                () -> new IllegalArgumentException("principal must be a text of 1 to 200 bytes")),
        authority(json),
        label(json),
        seconds(json));
  }

  private static String sorted() {
    return String.join(", ", FIELDS.stream().sorted().toList());
  }

  private static Authority authority(JsonObject json) {
    boolean owner = truth(json, "owner");
    Right ceiling =
        Right.ofWord(text(json, "right", "admin"))
            .filter(right -> right.covers(Right.READ))
            .orElseThrow(() -> new IllegalArgumentException("right must be read, write or admin"));
    return new Authority(scopes(json), ceiling, owner || truth(json, "create"), owner);
  }

  private static List<ScopePattern> scopes(JsonObject json) {
    Json value = json.get("scopes");
    if (value == null) {
      return List.of(ScopePattern.EVERY);
    }
    List<ScopePattern> scopes = new ArrayList<>();
    if (value instanceof JsonArray(List<Json> entries) && entries.size() <= SCOPES_MAX) {
      for (Json entry : entries) {
        if (!(entry instanceof JsonString(String pattern))) {
          throw new IllegalArgumentException("scopes must be a list of texts");
        }
        scopes.add(new ScopePattern(pattern));
      }
      return scopes;
    }
    throw new IllegalArgumentException("scopes must be a list of at most " + SCOPES_MAX + " texts");
  }

  private static String label(JsonObject json) {
    String label = text(json, "label", "");
    if (label.length() > LABEL_CHARS_MAX || label.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "label must be at most " + LABEL_CHARS_MAX + " characters on one line");
    }
    return label;
  }

  private static @Nullable Long seconds(JsonObject json) {
    Json value = json.get("seconds");
    if (value == null) {
      return null;
    }
    long seconds = value instanceof JsonNumber number && number.isLong() ? number.longValue() : 0;
    if (seconds < 1 || seconds > 3_155_760_000L) {
      throw new IllegalArgumentException("seconds must be a whole number from 1 to 100 years");
    }
    return seconds;
  }

  private static String text(JsonObject json, String field, String fallback) {
    Json value = json.get(field);
    if (value == null) {
      return fallback;
    }
    return json.string(field)
        .orElseThrow(() -> new IllegalArgumentException(field + " must be a text"));
  }

  private static boolean truth(JsonObject json, String field) {
    return switch (json.get(field)) {
      case null -> false;
      case JsonBoolean truth -> truth.value();
      default -> throw new IllegalArgumentException(field + " must be true or false");
    };
  }
}
