package dev.anabranch.bench.document;

import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.process.Commands;
import dev.anabranch.bench.process.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Lets npm yjs do the same work in a Node of its own, `bench/peers/yjs.mjs`.
final class YjsSpeed {
  private YjsSpeed() {}

  static DocumentFigures measure(Path trace, int warmUps, int rounds) {
    List<String> command = new ArrayList<>(Node.command("yjs.mjs"));
    command.add(1, "--expose-gc");
    command.add(trace.toAbsolutePath().toString());
    command.add(Integer.toString(DocumentFigures.REMOTE));
    command.add(Integer.toString(warmUps));
    command.add(Integer.toString(rounds));
    String printed = Commands.run(Path.of(".").toAbsolutePath(), command);
    try {
      return JsonMapper.shared().readValue(printed, DocumentFigures.class);
    } catch (JacksonException e) {
      throw new BenchFailure("yjs.mjs printed " + printed, e);
    }
  }
}
