package dev.anabranch.bench.document;

import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.failure.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How a real paper was written, keystroke by keystroke (`automerge-paper` of the editing-traces,
/// CC BY).
///
/// @param file where it was read from
record Keystrokes(Path file, List<Edit> edits) {
  /// Names the folder of the traces when it does not stand beside the project.
  static final String PROPERTY = "anabranch.bench.traces";

  private static final String NAME = "automerge-paper.json.gz";
  private static final String BESIDE = "../shared/data/editing-traces";

  /// One keystroke or paste.
  record Edit(int index, int deleted, String inserted) {}

  /// The trace, wherever it stands.
  static Keystrokes read() {
    Path file =
        Stream.of(System.getProperty(PROPERTY, BESIDE), BESIDE)
            .map(folder -> Path.of(folder, NAME))
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseThrow(
                () -> new Unavailable("no " + NAME + " in " + BESIDE + " or -D" + PROPERTY));
    try (InputStream json = new GZIPInputStream(Files.newInputStream(file))) {
      return new Keystrokes(file, edits(JsonMapper.shared().readTree(json)));
    } catch (IOException e) {
      throw new BenchFailure("cannot read " + file, e);
    }
  }

  private static List<Edit> edits(JsonNode trace) {
    List<Edit> edits = new ArrayList<>();
    for (JsonNode transaction : trace.get("txns")) {
      for (JsonNode patch : transaction.get("patches")) {
        edits.add(new Edit(patch.get(0).asInt(), patch.get(1).asInt(), patch.get(2).asString()));
      }
    }
    return edits;
  }
}
