package dev.anabranch.cli.remote;

import dev.anabranch.cli.folder.StoreOptions;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.store.Credentials;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.server.Stores;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import java.util.List;
import picocli.CommandLine.Mixin;

/// A verb about credentials: over HTTP, or straight on a database, served or not.
abstract class CredentialVerb extends RemoteCommand {

  @Mixin private StoreOptions place = new StoreOptions();

  CredentialVerb(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    if (!place.isGiven()) {
      return super.call();
    }
    Configuration configuration = place.configuration(surroundings());
    StorageConfiguration storage =
        mayBeFirst() ? Stores.storage(configuration) : Stores.existing(configuration);
    bringUpToDate(storage);
    return Storage.withCredentials(storage, this::change);
  }

  @Override
  String typedPlace() {
    return place.isGiven() ? place.typed() : super.typedPlace();
  }

  /// Whether it may come before the first start, and makes the database then.
  boolean mayBeFirst() {
    return false;
  }

  /// A database that is in use is up to date.
  private static void bringUpToDate(StorageConfiguration storage) {
    try {
      Storage.open(storage).close();
    } catch (StoreFailure failure) {
      if (failure.kind() != StoreFailure.Kind.LOCKED) {
        throw failure;
      }
    }
  }

  /// Shows what was found, and says so when there may be more of it.
  ///
  /// @param most the most that one list holds
  final int tellAll(List<? extends Json> found, int most) {
    found.forEach(each -> output().value(each, true));
    if (found.size() >= most) {
      output().remark("these are the first " + most + "; there may be more");
    }
    return 0;
  }

  /// Does it on the database.
  abstract int change(Credentials credentials);
}
