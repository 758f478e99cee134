package dev.anabranch.cli.folder;

import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.Store;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/// A command that opens a database itself, while no server does.
abstract class StoreCommand implements Callable<Integer> {

  @Mixin private StoreOptions place = new StoreOptions();

  private final Surroundings surroundings;

  StoreCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try (Store store = place.open(surroundings)) {
      return work(store, place.models(surroundings));
    }
  }

  /// Does it, and tells; the exit status.
  abstract int work(Store store, Models models);

  Surroundings surroundings() {
    return surroundings;
  }

  Output output() {
    return surroundings.output();
  }

  StoreOptions place() {
    return place;
  }
}
