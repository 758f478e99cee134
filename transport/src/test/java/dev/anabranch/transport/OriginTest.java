package dev.anabranch.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRoute;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Which web pages may read answers (Fetch standard, CORS).
final class OriginTest {
  private static final String PAGE = "https://app.example.org";
  private static TestServer server;

  @BeforeAll
  static void start() {
    server =
        TestServer.start(
            TestServer.plain().with(OriginPolicy.of(PAGE)),
            head -> HttpRoute.answering(HttpAnswer.text(200, "routed")),
            TestServer.NO_LINKS);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String ask(String method, String... headers) throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      return peer.send(
              method
                  + " / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                  + String.join("\r\n", headers)
                  + "\r\n\r\n")
          .readAll();
    }
  }

  @Test
  void letsAnAllowedPageRead() throws Exception {
    assertThat(ask("GET", "Origin: " + PAGE))
        .contains("access-control-allow-origin: " + PAGE + "\r\n")
        .contains("vary: origin\r\n")
        .doesNotContain("allow-credentials");
  }

  @Test
  void doesNotLetAnotherPageRead() throws Exception {
    assertThat(ask("GET", "Origin: https://evil.example.org"))
        .startsWith("HTTP/1.1 200 ")
        .contains("vary: origin\r\n")
        .doesNotContain("access-control-allow-origin");
  }

  @Test
  void answersWhatABrowserAsksBeforehand() throws Exception {
    assertThat(
            ask(
                "OPTIONS",
                "Origin: " + PAGE,
                "Access-Control-Request-Method: PATCH",
                "Access-Control-Request-Headers: authorization,if-match"))
        .startsWith("HTTP/1.1 204 ")
        .contains("access-control-allow-origin: " + PAGE)
        .containsIgnoringCase("access-control-allow-headers: authorization,if-match")
        .contains("PATCH");
    assertThat(
            ask(
                "OPTIONS",
                "Origin: https://evil.example.org",
                "Access-Control-Request-Method: GET"))
        .startsWith("HTTP/1.1 403 ")
        .contains("forbidden_origin");
  }

  @Test
  void routesOptionsThatAreNoSuchQuestion() throws Exception {
    assertThat(ask("OPTIONS", "Origin: " + PAGE)).endsWith("routed");
  }
}
