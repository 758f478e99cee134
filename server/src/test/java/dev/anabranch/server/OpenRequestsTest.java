package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What stays open has a place, of which there are few.
@Timeout(60)
class OpenRequestsTest {

  private final Served served = Served.open(Map.of("requests.streams_max", "1"));

  @AfterEach
  void close() {
    served.close();
  }

  @Test
  void askingForTheHeadOfAStreamTakesNoPlaceForGood() {
    for (int time = 0; time < 3; time++) {
      int status = 503;
      while (status == 503) { // the place is given back in a moment, not before the answer
        status =
            served
                .send(
                    served
                        .request("/sync/live?scope=org:1")
                        .method("HEAD", BodyPublishers.noBody()))
                .statusCode();
      }
      assertThat(status).isEqualTo(200);
    }
  }
}
