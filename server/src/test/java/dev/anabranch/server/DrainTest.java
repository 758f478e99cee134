package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
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
  void aStoppingServerEndsStreamsAndWaitsWell() throws Exception {
    try (Served served = Served.open()) {
      HttpResponse<Stream<String>> live =
          served
              .client()
              .send(served.request("/sync/live?scope=org:1").build(), BodyHandlers.ofLines());
      CompletableFuture<HttpResponse<String>> delta =
          served
              .client()
              .sendAsync(
                  served.request("/sync/delta?scope=org:1&wait=19").build(),
                  BodyHandlers.ofString());
      while (!served.get("/metrics").body().contains("\"GET /sync/delta\"")) {
        Thread.onSpinWait();
      }

      assertThat(served.server().drain(Duration.ofMinutes(1))).isTrue();

      assertThat(live.body()).last().isEqualTo("");
      assertThat(delta.join().body())
          .isEqualTo("{\"events\":[],\"latestSyncId\":0,\"hasMore\":false}");
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
