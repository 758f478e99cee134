package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.server.configuration.ConfigurationSource;
import dev.anabranch.testkit.TestPostgres;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SignedPostgresTest extends SignedEntitiesContract {

  private final String database = TestPostgres.freshDatabase();

  @Override
  StoreOpener opener() {
    return Stores.opener(
        new ConfigurationSource().flag("database.url", Optional.of(database)).read());
  }
}
