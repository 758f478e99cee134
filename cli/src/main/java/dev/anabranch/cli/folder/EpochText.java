package dev.anabranch.cli.folder;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.storage.sql.Epochs;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Which history a log is of, as fields of its first line: `epoch`, and `restores` with the `head`
/// of each backup that was restored and the id that the epoch after it `begins` behind.
final class EpochText {

  private EpochText() {}

  static JsonObject in(JsonObject header, Epochs epochs) {
    List<Json> restores = new ArrayList<>();
    epochs
        .takenBack()
        .forEach((head, begins) ->
            restores.add(JsonObject.EMPTY.with("head", head).with("begins", begins)));
    return header.with("epoch", epochs.current()).with("restores", new JsonArray(restores));
  }

  /// What a first line says; logs of earlier servers say nothing.
  ///
  /// @throws IllegalArgumentException when it has the wrong shape
  static Epochs parse(JsonObject header) {
    TreeMap<Long, Long> takenBack = new TreeMap<>();
    if (header.get("restores") instanceof JsonArray(List<Json> restores)) {
      for (Json restore : restores) {
        if (!(restore instanceof JsonObject point)) {
          throw new IllegalArgumentException("restores has the wrong shape");
        }
        takenBack.put(number(point, "head"), number(point, "begins"));
      }
    }
    long epoch = header.number("epoch").orElse(0);
    if (epoch < takenBack.size()) {
      throw new IllegalArgumentException("epoch is smaller than the number of restores");
    }
    return new Epochs(epoch, takenBack);
  }

  private static long number(JsonObject point, String name) {
    return point
        .number(name)
        .orElseThrow(() -> new IllegalArgumentException("a restore has no " + name));
  }
}
