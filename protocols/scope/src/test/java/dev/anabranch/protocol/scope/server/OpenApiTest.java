package dev.anabranch.protocol.scope.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.limit.Rate;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The description of the interface and the interface are the same. That what tests see is
/// described is checked where they see it ([World#ask]); here is the other direction.
class OpenApiTest {
  private static final Description DESCRIPTION = Description.OF_SCOPE_SYNC;

  @Test
  void describedRoutesExistAndExistingOnesAreDescribed() {
    Set<String> routes = new TreeSet<>(World.open().gateway.router().described());
    routes.add("GET /openapi.json");

    assertThat(DESCRIPTION.operations()).isEqualTo(routes);
  }

  @Test
  void everybodyMayReadIt() {
    TestExchange answer = World.guarded().get("/openapi.json");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().string("openapi")).contains("3.1.0");
  }

  @TestFactory
  Stream<DynamicTest> everyDescribedStatusIsReallyAnswered() {
    return DESCRIPTION.operations().stream()
        .flatMap(operation ->
            DESCRIPTION.statuses(operation).stream()
                .map(status ->
                    DynamicTest.dynamicTest(
                        operation + " → " + status,
                        () -> assertThat(provoke(operation, status).status()).isEqualTo(status))));
  }

  /// A request of each operation that is all right on a scope with the message m1.
  private static final Map<String, Request> GOOD =
      Map.of(
          "GET /sync/bootstrap", new Request("/sync/bootstrap?scope=org:1", null),
          "GET /sync/delta", new Request("/sync/delta?scope=org:1", null),
          "GET /sync/live", new Request("/sync/live?scope=org:1", null),
          "POST /sync/push", new Request("/sync/push", "{\"writes\":[]}"),
          "POST /api/{model}", new Request("/api/Message?scope=org:1", "{\"id\":\"m1\"}"),
          "GET /api/{model}/{id}", new Request("/api/Message/m1?scope=org:1", null),
          "PATCH /api/{model}/{id}", new Request("/api/Message/m1?scope=org:1", "{\"a\":1}"),
          "DELETE /api/{model}/{id}", new Request("/api/Message/m1?scope=org:1", null),
          "GET /openapi.json", new Request("/openapi.json", null));

  private record Request(String target, @Nullable String body) {}

  private static TestExchange provoke(String operation, int status) {
    Request good = java.util.Objects.requireNonNull(GOOD.get(operation));
    String method = operation.split(" ", 2)[0];
    World world =
        switch (status) {
          case 401 -> World.guarded();
          case 429 ->
              World.open(
                  new ScopeLimits(
                      ScopeLimits.Session.DEFAULT,
                      ScopeLimits.Http.DEFAULT.withRates(new Rate(1, 1), Rate.UNLIMITED)));
          default -> World.open();
        };
    world.put("m1", "text");
    String target = good.target();
    String body = good.body();
    return switch (status) {
      case 200, 401 -> world.ask(method, target, body);
      case 201 -> world.ask(method, target, "{\"id\":\"m2\"}");
      case 304 -> {
        String tag = world.get(target).header("ETag").orElseThrow();
        yield world.get(target, "If-None-Match", tag);
      }
      case 400 ->
          world.ask(
              method,
              target.replace("org:1", "org"),
              body == null ? null : "{\"writes\":7,\"version\":1}");
      case 403 -> world.ask(method, target, body, "Host", "evil.example");
      case 404 -> world.ask(method, target.replace("m1", "m9"), body);
      case 409 -> against(world, operation, target, body);
      case 412 -> world.ask(method, target, body, "If-Match", "9");
      case 413 -> tooLarge(world, method, target);
      case 415 ->
          world.ask(method, target, body == null ? "x" : body, "Content-Type", "text/plain");
      case 429 -> {
        world.ask(method, target, body);
        yield world.ask(method, target, body);
      }
      case 500 -> {
        world.kernel.failWith(new IllegalStateException("a bug"));
        yield world.ask(method, target, full(operation, body));
      }
      case 503 -> {
        world.kernel.failWith(new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away"));
        yield world.ask(method, target, full(operation, body));
      }
      case 507 -> {
        world.kernel.refuseWritesWith(new Fault(FaultCode.QUOTA, "used up"));
        yield world.ask(method, target, body);
      }
      default -> throw new AssertionError("nobody knows how to provoke " + status);
    };
  }

  private static @Nullable String full(String operation, @Nullable String body) {
    return operation.equals("POST /sync/push")
        ? "{\"writes\":[" + ScopeSessionTest.insert("k", "m1", "x") + "]}"
        : body;
  }

  private static TestExchange tooLarge(World world, String method, String target) {
    String body =
        target.equals("/sync/push")
            ? "{\"writes\":[" + "7,".repeat(1000) + "7]}"
            : "{\"content\":\"" + "x".repeat(70_000) + "\"}";
    return world.ask(method, target, body);
  }

  private static TestExchange against(
      World world, String operation, String target, @Nullable String body) {
    String method = operation.split(" ", 2)[0];
    return switch (operation) {
      case "GET /sync/bootstrap" -> {
        world.put("m2", "text");
        String next = world.get(target + "&limit=1").json().string("next").orElseThrow();
        yield World.open().get(target + "&limit=1&next=" + next);
      }
      case "GET /sync/delta" -> world.get(target + "&lastSyncId=9");
      default -> {
        world.ask("POST", "/api/Message?scope=org:1", "{\"z\":1}", "Idempotency-Key", "k");
        yield world.ask(method, target, body, "Idempotency-Key", "k");
      }
    };
  }
}
