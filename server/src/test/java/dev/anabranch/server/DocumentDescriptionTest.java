package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The description of documents over HTTP and what is served are the same. That answers are as
/// described is checked wherever a test asks a server ([Served#send]); here is the other direction.
class DocumentDescriptionTest {
  private static final String DOCUMENT = "/api/document/{name}";
  private static final String SNAPSHOTS = DOCUMENT + "/snapshots";
  private static final String ONE = SNAPSHOTS + "/{snapshot}";
  private static final String SET =
      "{\"operations\":[{\"type\":\"Set\",\"root\":\"meta:map\",\"key\":\"k\",\"value\":1}]}";

  /// A request of each operation on a document with the snapshot s.
  ///
  /// @param body one that is all right
  /// @param bad another body, or what beside the query makes it invalid
  private record Asking(@Nullable String body, String bad) {}

  private static final Map<String, Asking> OPERATIONS =
      Map.of(
          "GET " + DOCUMENT, new Asking(null, "&root=none"),
          "PATCH " + DOCUMENT, new Asking(SET, "{}"),
          "DELETE " + DOCUMENT, new Asking(null, "&scope"),
          "GET " + SNAPSHOTS, new Asking(null, "&scope"),
          "POST " + SNAPSHOTS, new Asking("{\"name\":\"new\"}", "{\"name\":\"a/b\"}"),
          "GET " + ONE, new Asking(null, "&root=none"),
          "DELETE " + ONE, new Asking(null, "&scope"),
          "GET " + ONE + "/diff", new Asking(null, "&root=none"),
          "POST " + ONE + "/restore", new Asking("{}", "[]"));

  private static HttpResponse<String> ask(
      Served served, String operation, String query, @Nullable String body, String... headers) {
    String[] parts = operation.split(" ", 2);
    String path = parts[1].replace("{name}", "notes/may").replace("{snapshot}", "s") + "?" + query;
    HttpRequest.Builder request = served.request(path);
    if (body != null && !List.of(headers).contains("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return served.send(
        request.method(
            parts[0], body == null ? HttpRequest.BodyPublishers.noBody() : Served.body(body)));
  }

  private static Served withADocument(Map<String, String> settings) {
    Served served = Served.open(settings);
    String owner =
        served.token("owner", new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, false));
    String[] token =
        settings.isEmpty() ? new String[0] : new String[] {"Authorization", "Bearer " + owner};
    served.post("/api/Note", "{\"scope\":\"org:1\",\"id\":\"n\"}", owner);
    HttpResponse<String> made = ask(served, "PATCH " + DOCUMENT, "scope=org:1", SET, token);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    HttpResponse<String> kept =
        ask(served, "POST " + SNAPSHOTS, "scope=org:1", "{\"name\":\"s\"}", token);
    assertThat(kept.statusCode()).as(kept.body()).isEqualTo(201);
    return served;
  }

  @Test
  void theDescriptionIsWholeAndNamesEveryRequestThatDocumentsKnow() {
    try (Served served = Served.open()) {
      ServedDescription description = new ServedDescription(served.get("/openapi.json").body());

      assertThat(description.loose()).isEmpty();
      assertThat(description.operations())
          .contains("GET /sync/delta", "GET /openapi.json")
          .containsAll(OPERATIONS.keySet());
      assertThat(description.operations())
          .filteredOn(operation -> operation.contains("/api/document/"))
          .hasSameSizeAs(OPERATIONS.keySet());
    }
  }

  @Test
  void whatIsNotDescribedIsNoMethod() {
    try (Served served = withADocument(Map.of())) {
      for (String path : List.of(DOCUMENT, SNAPSHOTS, ONE, ONE + "/diff", ONE + "/restore")) {
        for (String method : List.of("GET", "POST", "PATCH", "DELETE", "PUT")) {
          if (!OPERATIONS.containsKey(method + " " + path)) {
            HttpResponse<String> answer = ask(served, method + " " + path, "scope=org:1", null);
            assertThat(answer.statusCode()).as(method + " " + path).isEqualTo(405);
            assertThat(answer.headers().firstValue("Allow")).isPresent();
          }
        }
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> everyDescribedStatusOfOurMakingIsReallyAnswered() {
    ServedDescription description;
    try (Served served = Served.open()) {
      description = new ServedDescription(served.get("/openapi.json").body());
    }
    return OPERATIONS.keySet().stream()
        .sorted()
        .flatMap(operation ->
            description.statuses(operation).stream()
                .filter(status ->
                    List.of("200", "201", "400", "401", "403", "404", "412", "415")
                        .contains(status))
                .map(Integer::valueOf)
                .map(status ->
                    DynamicTest.dynamicTest(
                        operation + " → " + status, () -> provoke(operation, status))));
  }

  private static void provoke(String operation, int status) {
    Map<String, String> settings = new HashMap<>();
    if (status == 401 || status == 403) {
      settings.put("auth.mode", "token");
    }
    try (Served served = withADocument(settings)) {
      assertThat(provoked(served, operation, status).statusCode()).isEqualTo(status);
    }
  }

  private static HttpResponse<String> provoked(Served served, String operation, int status) {
    Asking asking = Objects.requireNonNull(OPERATIONS.get(operation));
    String scope = "scope=org:1";
    return switch (status) {
      case 400 ->
          asking.bad().startsWith("&")
              ? ask(
                  served,
                  operation,
                  asking.bad().equals("&scope") ? "scope=none" : scope + asking.bad(),
                  asking.body())
              : ask(served, operation, scope, asking.bad());
      case 403 -> {
        String token = served.token("guest", Authority.GRANTED);
        yield ask(served, operation, scope, asking.body(), "Authorization", "Bearer " + token);
      }
      case 404 -> ask(served, operation, scope.replace("1", "9"), asking.body());
      case 412 ->
          operation.equals("POST " + SNAPSHOTS)
              ? ask(served, operation, scope, "{\"name\":\"s\"}")
              : stale(served, operation, scope, asking.body());
      case 415 -> // a document whose name is one segment is deleted as any entity
          ask(
              served,
              operation.startsWith("DELETE") ? operation.replace("{name}", "d") : operation,
              scope,
              "x",
              "Content-Type",
              "text/plain");
      default -> ask(served, operation, scope, asking.body());
    };
  }

  /// The document moves on first, so that restoring is an edit too.
  private static HttpResponse<String> stale(
      Served served, String operation, String scope, @Nullable String body) {
    ask(served, "PATCH " + DOCUMENT, scope, SET.replace(":1}", ":2}"));
    return ask(served, operation, scope, body, "If-Match", "9");
  }
}
