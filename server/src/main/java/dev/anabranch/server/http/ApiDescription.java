package dev.anabranch.server.http;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.RequestHead;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/// The one description of what is served over HTTP (OpenAPI 3.1), put together of the protocols'
/// own; everybody may read it.
public final class ApiDescription {
  private final HttpAnswer answer;

  /// A description of one protocol, with what others add to it, and the operator's routes.
  ///
  /// @param whole a whole description, as JSON
  /// @param additions `paths` and `components` alone; a name that two have is a bug
  public ApiDescription(byte[] whole, byte[] additions) {
    JsonObject described =
        laidOver(laidOver(decoded(whole), decoded(additions), 2), decoded(operators()), 2);
    JsonObject info =
        object(described, "info")
            .with("title", "Anabranch")
            .with("summary", "Scopes and documents over HTTP.");
    this.answer =
        HttpAnswer.json(200, described.with("info", info).text().getBytes(StandardCharsets.UTF_8))
            .with("Cache-Control", "public, max-age=60");
  }

  /// Answers `GET /openapi.json`.
  public HttpRoute route(RequestHead head) {
    return HttpRoute.answering(head.method().equals("GET") ? answer : Problems.wrongMethod("GET"));
  }

  /// One object with another one's fields besides; down to a depth, objects that both have are laid
  /// over each other likewise.
  private static JsonObject laidOver(JsonObject one, JsonObject other, int depth) {
    JsonObject both = one;
    for (Map.Entry<String, Json> field : other.fields().entrySet()) {
      Json there = one.get(field.getKey());
      if (there == null) {
        both = both.with(field.getKey(), field.getValue());
      } else if (depth > 0 && field.getValue() instanceof JsonObject more) {
        both = both.with(field.getKey(), laidOver(object(one, field.getKey()), more, depth - 1));
      } else {
        throw new IllegalStateException("two descriptions have " + field.getKey());
      }
    }
    return both;
  }

  /// The description of the routes under `/admin`.
  private static byte[] operators() {
    try (InputStream resource = ApiDescription.class.getResourceAsStream("openapi.json")) {
      return Objects.requireNonNull(resource, "openapi.json is part of the program").readAllBytes();
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }

  private static JsonObject object(JsonObject from, String name) {
    if (from.get(name) instanceof JsonObject object) {
      return object;
    }
    throw new IllegalStateException("the description has no object " + name);
  }

  private static JsonObject decoded(byte[] json) {
    return JsonDecoder.stored(new String(json, StandardCharsets.UTF_8));
  }
}
