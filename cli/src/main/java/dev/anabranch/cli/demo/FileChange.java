package dev.anabranch.cli.demo;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// One change of one file in the recorded history of a code base.
///
/// @param device who made it
/// @param action insert, update or delete
/// @param path the file
/// @param content its mode and the hash of its content; no fields for a delete
record FileChange(String device, Action action, String path, JsonObject content) {

  static final String MODE = "mode";
  static final String BLOB = "blob";

  /// Reads one JSON object a line, packed with gzip: `{device, action, path, mode?, blob?}`.
  static List<FileChange> readAll(InputStream gzip) throws IOException {
    List<FileChange> changes = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(gzip), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line != null) {
        changes.add(of(JsonDecoder.stored(line)));
        line = lines.readLine();
      }
    }
    return changes;
  }

  private static FileChange of(JsonObject line) {
    Action action = Action.ofWord(line.string("action").orElseThrow()).orElseThrow();
    JsonObject content =
        action == Action.DELETE
            ? JsonObject.EMPTY
            : JsonObject.EMPTY
                .with(MODE, line.string(MODE).orElseThrow())
                .with(BLOB, line.string(BLOB).orElseThrow());
    return new FileChange(
        line.string("device").orElseThrow(), action, line.string("path").orElseThrow(), content);
  }
}
