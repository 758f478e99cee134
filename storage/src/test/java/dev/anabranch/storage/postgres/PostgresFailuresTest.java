package dev.anabranch.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.Place;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/// What PostgreSQL says, by the remedy it needs.
class PostgresFailuresTest {

  private final PostgresFailures failures =
      new PostgresFailures(((Place.Postgres) Place.parse("postgresql://me@host/x", "")).address());

  @Test
  void aDiskWithoutRoomIsFullWhateverTheStateIs() {
    String said = "could not write to file \"base/pgsql_tmp/x\": No space left on device";
    for (String state : new String[] {"53100", "58030", "XX000"}) {
      StoreFailure failure = failures.of(new SQLException(said, state));
      assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.FULL);
      assertThat(failure).hasMessageContaining("make room");
    }
  }
}
