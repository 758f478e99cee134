package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.server.configuration.ConfigurationSource;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SignedSqliteTest extends SignedEntitiesContract {

  @Override
  StoreOpener opener() {
    return Stores.opener(
        new ConfigurationSource().flag("server.data", Optional.of(data.toString())).read());
  }
}
