package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Headers byte for byte, as clients send them that are not the JDK's.
@Timeout(60)
class RawHeadersTest {

  private static final String NOTE = "{\"id\":\"n1\",\"scope\":\"org:1\",\"title\":\"a\"}";
  private static final String PUSH =
      "{\"writes\":[{\"key\":\"%s\",\"scope\":\"org:1\",\"model\":\"Note\",\"id\":\"n1\","
          + "\"action\":\"insert\",\"data\":{\"title\":\"a\"}}]}";

  /// The whole answer to a request with a JSON body.
  private static String ask(
      Served served, String request, Charset inBytes, String body, String... headers) {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    String head =
        request
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\nContent-Length: "
            + content.length
            + "\r\n"
            + String.join("", headers)
            + "\r\n";
    int port = served.server().address().getPort();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      OutputStream out = socket.getOutputStream();
      out.write(head.getBytes(inBytes));
      out.write(content);
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  private static String post(Served served, Charset inBytes, String key) {
    return ask(served, "POST /api/Note", inBytes, NOTE, "Idempotency-Key: " + key + "\r\n");
  }

  @Test
  void aRetryOverAnotherWayFindsTheKeyThatCameByHeader() {
    try (Served served = Served.open()) {
      assertThat(post(served, StandardCharsets.UTF_8, "clé")).startsWith("HTTP/1.1 201 ");
      assertThat(post(served, StandardCharsets.UTF_8, "clé")).startsWith("HTTP/1.1 201 ");
      assertThat(served.post("/sync/push", PUSH.formatted("clé")).body()).contains("\"duplicate\"");
      assertThat(served.get("/api/Note/n1?scope=org:1").body()).contains("\"version\":1,");
      assertThat(served.get("/sync/delta?scope=org:1&lastSyncId=0").body())
          .contains("\"key\":\"clé\"");
    }
  }

  @Test
  void aKeyThatIsNotUtf8IsRefused() {
    try (Served served = Served.open()) {
      assertThat(post(served, StandardCharsets.ISO_8859_1, "clé"))
          .startsWith("HTTP/1.1 400 ")
          .contains("\"code\":\"invalid\"", "Idempotency-Key");
      String set =
          "{\"operations\":[{\"type\":\"Set\",\"root\":\"meta:map\",\"key\":\"n\",\"value\":1}]}";
      String document = "PATCH /api/document/d?scope=org:1";
      String key = "Idempotency-Key: clé\r\n";
      assertThat(ask(served, document, StandardCharsets.ISO_8859_1, set, key))
          .startsWith("HTTP/1.1 400 ")
          .contains("Idempotency-Key");
      assertThat(ask(served, document, StandardCharsets.UTF_8, set, key)).contains("applied");
      assertThat(ask(served, document, StandardCharsets.UTF_8, set, key)).contains("duplicate");
    }
  }

  @Test
  void twoIfMatchesAreAListAndNoVersion() {
    try (Served served = Served.open()) {
      served.post("/api/Note", NOTE);
      String set =
          "{\"operations\":[{\"type\":\"Set\",\"root\":\"meta:map\",\"key\":\"n\",\"value\":1}]}";
      for (String request :
          new String[] {
            "PATCH /api/Note/n1?scope=org:1", "PATCH /api/document/d?scope=org:1",
          }) {
        String body = request.contains("document") ? set : "{}";
        assertThat(
                ask(
                    served,
                    request,
                    StandardCharsets.UTF_8,
                    body,
                    "If-Match: 1\r\n",
                    "If-Match: 2\r\n"))
            .startsWith("HTTP/1.1 400 ")
            .contains("If-Match");
      }
    }
  }

  @Test
  void aBodyInAnEncodingIsRefusedWhateverItsRouteIs() {
    try (Served served = Served.open()) {
      for (String request :
          new String[] {"POST /api/Note", "POST /sync/push", "POST /admin/tokens"}) {
        assertThat(ask(served, request, StandardCharsets.UTF_8, NOTE, "Content-Encoding: gzip\r\n"))
            .startsWith("HTTP/1.1 415 ")
            .contains("Accept-Encoding: identity", "\"code\":\"encoded_body\"");
      }
      assertThat(
              ask(
                  served,
                  "POST /api/Note",
                  StandardCharsets.UTF_8,
                  NOTE,
                  "Content-Encoding: identity\r\n"))
          .startsWith("HTTP/1.1 201 ");
    }
  }
}
