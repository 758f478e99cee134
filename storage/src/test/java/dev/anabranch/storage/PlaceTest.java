package dev.anabranch.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.storage.postgres.PostgresAddress;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlaceTest {

  @Test
  void anAddressNamesADatabase() {
    assertThat(Place.parse("postgresql://me:p%40ss@db.example:6000/log?sslmode=require", "other"))
        .isEqualTo(
            new Place.Postgres(
                new PostgresAddress(
                    "db.example", 6000, "log", "me", "p@ss", Map.of("sslmode", "require"))));
  }

  @Test
  void thePasswordOfTheEnvironmentServesAnAddressWithoutOne() {
    Place.Postgres place = (Place.Postgres) Place.parse("postgres://me@localhost/log", "secret");
    assertThat(place.address().password()).isEqualTo("secret");
    assertThat(place.address().port()).isEqualTo(5432);
  }

  @Test
  void anythingElseIsAFolder() {
    assertThat(Place.parse("data", "")).isEqualTo(new Place.Folder(Path.of("data")));
  }

  @Test
  void thePasswordIsNeverShown() {
    assertThat(StorageConfiguration.parse("postgresql://me:secret@h/d", "").toString())
        .doesNotContain("secret")
        .contains("postgresql://me@h:5432/d");
    assertThatThrownBy(() -> Place.parse("postgresql://me:secret@h:bad port/d", ""))
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }
}
