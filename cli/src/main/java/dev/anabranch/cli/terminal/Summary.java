package dev.anabranch.cli.terminal;

import dev.anabranch.kernel.json.JsonObject;
import picocli.CommandLine.Option;

/// What a command has to say at its end: a sentence for people, or with `--json` one object for
/// machines.
public final class Summary {

  @Option(names = "--json", description = "One JSON object instead of the sentence.")
  private boolean json;

  /// Whether a machine reads it.
  public boolean isJson() {
    return json;
  }

  /// Says one of the two.
  public void tell(Output output, String sentence, JsonObject figures) {
    if (json) {
      output.value(figures, true);
    } else {
      output.line(sentence);
    }
  }
}
