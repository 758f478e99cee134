package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.protocol.nostr.server.EventOriginals;
import dev.anabranch.server.configuration.ModelsFile;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.promise.History;
import dev.anabranch.testkit.promise.K1DenseOrder;
import dev.anabranch.testkit.promise.K2OneOutcome;
import dev.anabranch.testkit.promise.Logs;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// What a server that was killed left behind, opened as the next one would.
public final class KilledStore implements AutoCloseable {

  private static final PageLimit ALL = new PageLimit(10_000, 64 * 1024 * 1024);

  private final Store store;

  /// Opens a server's data folder, which nobody serves.
  public KilledStore(Path data) {
    this.store = Storage.open(StorageConfiguration.folder(data));
  }

  /// Order (K1), one application of each key (K2), state = fold of the log (K4), originals as they
  /// were signed (K7).
  public KilledStore isSound() {
    assertThat(K1DenseOrder.broken(store)).isEmpty();
    assertThat(K2OneOutcome.broken(new History(), store)).isEmpty();
    assertThat(new FoldCheck(store, ModelsFile.shipped(), new EventOriginals()).everything())
        .isEmpty();
    return this;
  }

  /// The changes of a scope.
  public List<Change> log(String scope) {
    return Logs.of(store, new ScopeName(scope));
  }

  /// The living entities of a model in a scope, by id.
  public List<Entity> living(String scope, String model) {
    ModelName name = ModelsFile.shipped().canonical(model).orElseThrow();
    return store.snapshot(new ScopeName(scope), Set.of(name), null, ALL).entities().stream()
        .filter(entity -> !entity.deleted())
        .toList();
  }

  @Override
  public void close() {
    store.close();
  }
}
