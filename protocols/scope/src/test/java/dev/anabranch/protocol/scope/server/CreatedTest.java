package dev.anabranch.protocol.scope.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// 201 says that the write made the entity, 200 that it was there.
class CreatedTest {
  private final World world = World.open();

  private TestExchange post(String model, String fields, String... headers) {
    return world.post(
        "/api/" + model, "{\"scope\":\"org:1\",\"id\":\"x\"," + fields + "}", headers);
  }

  @Test
  void aMarkerThatIsThereAlreadyIsNotCreatedAgain() {
    assertThat(post("Marker", "\"read\":5", "Idempotency-Key", "k1").status()).isEqualTo(201);
    world.turns.pass(Duration.ofSeconds(1));
    assertThat(post("Marker", "\"read\":4").status()).isEqualTo(200);
    assertThat(post("Marker", "\"read\":5").status()).isEqualTo(200);
    assertThat(post("Marker", "\"read\":6").status()).isEqualTo(200);
    assertThat(post("Marker", "\"read\":5", "Idempotency-Key", "k1").status())
        .as("a retry")
        .isEqualTo(201);
  }

  @Test
  void anEventThatReplacesOneIsNotCreated() {
    assertThat(post("Event", "\"text\":\"a\"").status()).isEqualTo(201);
    world.turns.pass(Duration.ofSeconds(1));
    assertThat(post("Event", "\"text\":\"b\"").status()).isEqualTo(200);
    assertThat(world.remove("/api/Event/x?scope=org:1").status()).isEqualTo(200);
    world.turns.pass(Duration.ofSeconds(1));
    assertThat(post("Event", "\"text\":\"c\"").status()).as("after a delete").isEqualTo(201);
  }
}
