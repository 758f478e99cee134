package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DrainTest {

  @Test
  void aStoppingServerClosesItsLinksInPeaceAndTakesNothingNew() {
    try (Served served = Served.open()) {
      Socket socket =
          Socket.open(served, null)
              .say("{\"type\":\"subscribe\",\"scope\":\"org:1\",\"lastSyncId\":0}");
      socket.hear("\"live\"");
      served.server().drain(Duration.ofSeconds(10));
      assertThat(socket.ended()).isEqualTo(1001);
      assertThatThrownBy(() ->
              served
                  .client()
                  .send(
                      served.request("/readyz").build(),
                      java.net.http.HttpResponse.BodyHandlers.discarding()))
          .isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void closingTwiceIsHarmless() {
    Served served = Served.open();
    served.close();
    served.server().close();
    assertThat(served.server().drain(Duration.ofMillis(1))).isTrue();
  }
}
