package dev.anabranch.cli;

import dev.anabranch.cli.folder.StoreOptions;
import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.server.configuration.ModelsFile;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Shows what a server knows of models.
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the models.toml that ships: every key that a model may have, and an example domain."
          + " Put it into the data folder to change it; it is in the place of the one that ships"
          + " then, not beside it.",
      "With --data, --database or --config: what a server knows there, one JSON object a model."
    },
    footer = {
      "",
      "Every key: docs/models.md.",
      "",
      "Examples:",
      "  anabranch models > anabranch-data/models.toml",
      "  anabranch models --data ./anabranch-data"
    })
public final class ModelsCommand implements Callable<Integer> {

  @Mixin private StoreOptions place = new StoreOptions();

  @Option(names = "--json", description = "What ships, too, as one JSON object a model.")
  private boolean json;

  private final Surroundings surroundings;

  /// A command of these surroundings.
  public ModelsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Output output = surroundings.output();
    if (place.isGiven()) {
      list(ModelsFile.of(place.configuration(surroundings).server()), output);
    } else if (json) {
      list(ModelsFile.shipped(), output);
    } else {
      ModelsFile.shippedText().lines().forEach(output::line);
    }
    return 0;
  }

  private void list(Models models, Output output) {
    models.declared().stream()
        .sorted(Comparator.comparing(Model::name))
        .forEach(model -> output.value(told(model, models), json));
  }

  private static JsonObject told(Model model, Models models) {
    return JsonObject.EMPTY
        .with("model", model.name().text())
        .with("rule", model.rule().spelled())
        .with("writer", model.writer().word())
        .with("bytes_max", model.bytesMax())
        .with("server_owned", texts(model.serverOwned().stream().sorted().toList()))
        .with("aliases", texts(models.aliasesOf(model.name())));
  }

  private static Json texts(List<String> texts) {
    return new JsonArray(texts.stream().<Json>map(JsonString::new).toList());
  }
}
