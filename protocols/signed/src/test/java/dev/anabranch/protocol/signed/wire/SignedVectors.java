package dev.anabranch.protocol.signed.wire;

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
import java.util.Objects;

/// The golden frames under `vectors/signed` at the top of the project.
final class SignedVectors {
  private static final JsonDecoder JSON = new JsonDecoder(JsonLimits.PUSH);

  private SignedVectors() {}

  static List<JsonObject> of(String file, String section) {
    List<Json> vectors =
        ((JsonArray) Objects.requireNonNull(json(read(file)).get(section))).values();
    return vectors.stream().map(JsonObject.class::cast).toList();
  }

  static JsonObject json(String text) {
    if (JSON.decode(text) instanceof Decoded.Value(JsonObject value)) {
      return value;
    }
    throw new IllegalArgumentException("not an object: " + text);
  }

  private static String read(String file) {
    Path place = Path.of("").toAbsolutePath();
    while (place != null && !Files.isDirectory(place.resolve("vectors/signed"))) {
      place = place.getParent();
    }
    try {
      return Files.readString(
          Objects.requireNonNull(place, "no folder vectors/signed here or above")
              .resolve("vectors/signed")
              .resolve(file));
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }
}
