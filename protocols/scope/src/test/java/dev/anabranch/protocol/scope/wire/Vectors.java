package dev.anabranch.protocol.scope.wire;

import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The golden messages under `vectors/scope` at the top of the project.
public final class Vectors {
  private static final JsonDecoder JSON = new JsonDecoder(JsonLimits.PUSH);

  private Vectors() {}

  /// The vectors of one file and section.
  public static List<JsonObject> of(String file, String section) {
    JsonObject all = (JsonObject) json(read(file));
    List<Json> vectors = ((JsonArray) java.util.Objects.requireNonNull(all.get(section))).values();
    return vectors.stream().map(JsonObject.class::cast).toList();
  }

  /// The value of a text that is known to be JSON.
  public static Json json(String text) {
    if (JSON.decode(text) instanceof Decoded.Value(Json value)) {
      return value;
    }
    throw new IllegalArgumentException("not JSON: " + text);
  }

  private static String read(String file) {
    try {
      return Files.readString(folder().resolve(file));
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }

  private static Path folder() {
    Path place = Path.of("").toAbsolutePath();
    while (place != null && !Files.isDirectory(place.resolve("vectors/scope"))) {
      place = place.getParent();
    }
    if (place == null) {
      throw new IllegalStateException("no folder vectors/scope here or above");
    }
    return place.resolve("vectors/scope");
  }
}
