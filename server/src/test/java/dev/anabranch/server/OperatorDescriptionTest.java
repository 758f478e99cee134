package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.transport.TransportFault;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The operator's routes are in the description; that their answers are as described is checked
/// wherever a test asks a server ([Served#send]).
@Timeout(60)
class OperatorDescriptionTest {

  private static final List<String> OPERATIONS =
      List.of(
          "GET /admin/tokens",
          "POST /admin/tokens",
          "DELETE /admin/tokens/{id}",
          "GET /admin/keys",
          "DELETE /admin/keys/{key}");

  @Test
  void everyRouteIsDescribedAndNamedAtTheRoot() {
    try (Served served = Served.open()) {
      ServedDescription description = new ServedDescription(served.get("/openapi.json").body());
      assertThat(description.operations()).containsAll(OPERATIONS);
      assertThat(description.loose()).isEmpty();
      assertThat(served.get("/").body())
          .contains(
              "GET|POST /admin/tokens",
              "DELETE /admin/tokens/{id}",
              "GET /admin/keys",
              "DELETE /admin/keys/{key}");
    }
  }

  @Test
  void everyCodeOfAnAnswerIsDescribed() {
    Set<TransportFault> ofHandshakes =
        EnumSet.of(
            TransportFault.BAD_HANDSHAKE,
            TransportFault.WEBSOCKET_VERSION,
            TransportFault.FORBIDDEN_ORIGIN);
    try (Served served = Served.open()) {
      String codes =
          served
              .get("/openapi.json")
              .body()
              .replaceFirst("(?s).*\"Code\":\\{\"enum\":\\[(.*?)].*", "$1");
      for (ScopeFault fault : ScopeFault.values()) {
        assertThat(codes).contains('"' + fault.code() + '"');
      }
      for (TransportFault fault : EnumSet.complementOf(EnumSet.copyOf(ofHandshakes))) {
        assertThat(codes).contains('"' + fault.code() + '"');
      }
    }
  }

  @Test
  void whatTheyAnswerIsAsDescribed() {
    try (Served served = Served.open()) {
      assertThat(served.post("/admin/tokens", "{\"principal\":\"ann\"}").statusCode())
          .isEqualTo(201);
      assertThat(served.post("/admin/tokens", "{\"nobody\":1}").statusCode()).isEqualTo(400);
      for (String type : List.of("", "text/plain", "application/x-www-form-urlencoded")) {
        assertThat(made(served, "{\"principal\":\"eve\"}", type)).as(type).isEqualTo(415);
      }
      assertThat(made(served, "{\"principal\":\"bob\"}", "Application/JSON; charset=utf-8"))
          .isEqualTo(201);
      assertThat(served.get("/admin/tokens").body())
          .contains("\"ann\"", "\"bob\"")
          .doesNotContain("\"eve\"");
      assertThat(delete(served, "/admin/tokens/a")).isEqualTo(404);
      String key = "ab".repeat(32);
      assertThat(delete(served, "/admin/keys/" + key)).isEqualTo(200);
      assertThat(delete(served, "/admin/keys/" + key)).isEqualTo(404);
      assertThat(delete(served, "/admin/keys/a")).isEqualTo(400);
      assertThat(served.get("/admin/keys").body()).contains(key, "revokedAt");
    }
    try (Served served = Served.open(Map.of("auth.mode", "token"))) {
      assertThat(served.get("/admin/keys").statusCode()).isEqualTo(401);
    }
  }

  private static int made(Served served, String body, String type) {
    HttpRequest.Builder request = served.request("/admin/tokens").POST(Served.body(body));
    return served
        .send(type.isEmpty() ? request : request.header("Content-Type", type))
        .statusCode();
  }

  private static int delete(Served served, String path) {
    return served.send(served.request(path).method("DELETE", BodyPublishers.noBody())).statusCode();
  }
}
