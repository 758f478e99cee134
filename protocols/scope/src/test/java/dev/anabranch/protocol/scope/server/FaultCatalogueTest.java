package dev.anabranch.protocol.scope.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.door.SyncDoor;
import dev.anabranch.link.limit.Rate;
import dev.anabranch.protocol.scope.wire.PushOutcome;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ErrorAnswer;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Pushed;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Refetch;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ToClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every fault: somebody really gets it, and the catalogue says what to do.
class FaultCatalogueTest {
  private static final Map<ScopeFault, Supplier<String>> PROVOCATIONS =
      new EnumMap<>(ScopeFault.class);

  static {
    provoke(ScopeFault.MALFORMED, () -> said(World.open(), "{"));
    provoke(ScopeFault.INVALID, () -> said(World.open(), "{\"type\":\"subscribe\"}"));
    provoke(ScopeFault.UNKNOWN_TYPE, () -> said(World.open(), "{\"type\":\"hello\"}"));
    provoke(ScopeFault.UNKNOWN_PROTOCOL, () -> saidAtTheDoor("[\"REQ\",\"x\",{}]"));
    provoke(ScopeFault.BINARY_FRAME, () -> word(World.open().connect().sayBytes(new byte[1])));
    provoke(ScopeFault.SCHEMA, () -> posted(World.open(), "Message", "{\"content\":7}"));
    provoke(
        ScopeFault.UNSUITABLE, () -> pushed(World.open(), "Message", "merge", "\"body\":\"AQ==\""));
    provoke(
        ScopeFault.UNAUTHENTICATED,
        () -> said(World.guarded(), "{\"type\":\"push\",\"writes\":[]}"));
    provoke(ScopeFault.FORBIDDEN, FaultCatalogueTest::forbidden);
    provoke(ScopeFault.SERVER_OWNED, FaultCatalogueTest::serverOwned);
    provoke(
        ScopeFault.ORIGIN_REFUSED,
        () -> World.open().get("/sync/delta?scope=org:1", "Host", "evil.example").code());
    provoke(ScopeFault.ABSENT, () -> World.open().get("/api/Message/m1?scope=org:1").code());
    provoke(ScopeFault.UNKNOWN_ROUTE, () -> World.open().get("/favicon.ico").code());
    provoke(
        ScopeFault.METHOD_NOT_ALLOWED,
        () -> World.open().ask("PUT", "/api/Message/m1", null).code());
    provoke(
        ScopeFault.REFETCH,
        () -> said(World.open(), "{\"type\":\"subscribe\",\"scope\":\"org:1\",\"lastSyncId\":5}"));
    provoke(ScopeFault.KEY_REUSED, FaultCatalogueTest::keyReused);
    provoke(ScopeFault.APPEND_ONLY, FaultCatalogueTest::appendOnly);
    provoke(ScopeFault.SUPERSEDED, FaultCatalogueTest::superseded);
    provoke(ScopeFault.UNSETTLED, FaultCatalogueTest::unsettled);
    provoke(
        ScopeFault.DEVICE_GAP,
        () -> pushed(World.open(), "Message", "insert", "\"data\":{},\"device\":\"d\",\"n\":2"));
    provoke(ScopeFault.DEVICE_TAKEN, FaultCatalogueTest::deviceTaken);
    provoke(ScopeFault.BATCH_ABORTED, FaultCatalogueTest::batchAborted);
    provoke(
        ScopeFault.CONFLICT,
        () ->
            World.open()
                .post("/api/Message?scope=org:1", "{\"id\":\"m1\"}", "If-Match", "1")
                .code());
    provoke(
        ScopeFault.TOO_LARGE,
        () -> posted(World.open(), "Message", "{\"content\":\"" + "x".repeat(70_000) + "\"}"));
    provoke(
        ScopeFault.UNSUPPORTED_MEDIA_TYPE,
        () -> World.open().post("/sync/push", "{}", "Content-Type", "text/plain").code());
    provoke(ScopeFault.RATE_LIMITED, FaultCatalogueTest::rateLimited);
    provoke(ScopeFault.TOO_MANY_SUBSCRIPTIONS, FaultCatalogueTest::tooManySubscriptions);
    provoke(ScopeFault.PRESENCE_FULL, FaultCatalogueTest::presenceFull);
    provoke(ScopeFault.RULE_FAILED, () -> posted(World.open(), "Broken", "{}"));
    provoke(ScopeFault.INTERNAL, () -> broken(new IllegalStateException("a bug")));
    provoke(
        ScopeFault.UNAVAILABLE,
        () -> broken(new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away")));
    provoke(ScopeFault.QUOTA, FaultCatalogueTest::quota);
  }

  private static void provoke(ScopeFault fault, Supplier<String> provocation) {
    PROVOCATIONS.put(fault, provocation);
  }

  @TestFactory
  Stream<DynamicTest> everyFaultIsReallyAnswered() {
    return Arrays.stream(ScopeFault.values())
        .map(fault ->
            DynamicTest.dynamicTest(
                fault.code(),
                () ->
                    assertThat(Objects.requireNonNull(PROVOCATIONS.get(fault)).get())
                        .isEqualTo(fault.code())));
  }

  @Test
  void everyFaultStandsInTheCatalogueWithItsRemedy() throws IOException {
    String catalogue = Files.readString(errorsFile());
    List<String> missing =
        Arrays.stream(ScopeFault.values())
            .map(FaultCatalogueTest::line)
            .filter(line -> !catalogue.contains(line))
            .toList();

    assertThat(missing).as("lines that docs/errors.md lacks").isEmpty();
  }

  @Test
  void theDescriptionOfTheInterfaceKnowsEveryCode() {
    Set<String> codes =
        Arrays.stream(ScopeFault.values())
            .map(ScopeFault::code)
            .collect(Collectors.toCollection(TreeSet::new));

    // It has the transport's besides, which a server says of a request that comes no further.
    assertThat(Description.OF_SCOPE_SYNC.codes()).containsAll(codes);
  }

  private static String line(ScopeFault fault) {
    String ends = fault.closeCode() == 0 ? "–" : Integer.toString(fault.closeCode());
    return "| `%s` | %d | %s | %s | %s |"
        .formatted(fault.code(), fault.httpStatus(), ends, fault.sentence(), fault.remedy());
  }

  private static Path errorsFile() {
    Path place = Path.of("").toAbsolutePath();
    while (place != null && !Files.exists(place.resolve("docs/errors.md"))) {
      place = place.getParent();
    }
    return Objects.requireNonNull(place, "no docs/errors.md here or above")
        .resolve("docs/errors.md");
  }

  private static String said(World world, String frame) {
    return word(world.connect().say(frame));
  }

  private static String word(TestLink link) {
    ToClient last = link.heard().getLast();
    return switch (last) {
      case ErrorAnswer error -> error.code();
      case Refetch ignored -> "refetch";
      case Pushed pushed -> word(pushed.outcomes().getLast());
      default -> last.toString();
    };
  }

  private static String word(PushOutcome outcome) {
    return outcome.result() instanceof PushOutcome.Refused refused
        ? refused.code()
        : outcome.status();
  }

  private static String pushed(World world, String model, String action, String rest) {
    return said(world, push("k1", model, action, rest));
  }

  private static String push(String key, String model, String action, String rest) {
    return ScopeSessionTest.push(
        "p",
        "{\"key\":\""
            + key
            + "\",\"scope\":\"org:1\",\"model\":\""
            + model
            + "\",\"id\":\"x1\",\"action\":\""
            + action
            + "\","
            + rest
            + "}");
  }

  private static String posted(World world, String model, String body) {
    return world.post("/api/" + model + "?scope=org:1", body).code();
  }

  private static String saidAtTheDoor(String frame) {
    World world = World.open();
    SyncDoor door =
        new SyncDoor(
            List.of(world.gateway),
            handshake -> Optional.empty(),
            ScopeGateway.unknownProtocol(),
            Duration.ofSeconds(10));
    TestLink link = new TestLink(world.turns, World.peer());
    link.serveBy(world.at(door, link));
    String word = word(link.say(frame));
    assertThat(link.closeCode()).isEqualTo(1002);
    return word;
  }

  private static String forbidden() {
    World world = World.guarded();
    world.put("m1", "text");
    return world.get("/sync/delta?scope=org:1", "Authorization", "Bearer bob").code();
  }

  private static String serverOwned() {
    return World.guarded()
        .post("/api/Settings?scope=org:1", "{\"plan\":\"pro\"}", "Authorization", "Bearer ann")
        .code();
  }

  private static String keyReused() {
    World world = World.open();
    world.post("/api/Message?scope=org:1", "{\"id\":\"m1\"}", "Idempotency-Key", "k");
    return world.post("/api/Message?scope=org:1", "{\"id\":\"m2\"}", "Idempotency-Key", "k").code();
  }

  private static String appendOnly() {
    World world = World.open();
    world.post("/api/Payment?scope=org:1", "{\"id\":\"p1\"}");
    return world.patch("/api/Payment/p1?scope=org:1", "{}").code();
  }

  private static String superseded() {
    World world = World.open();
    EntityKey event = new EntityKey(World.SCOPE, new ModelName("Event"), new EntityId("x1"));
    world.commit(
        World.LOCAL, Write.insert(world.key(), event, JsonObject.EMPTY).at(Long.MAX_VALUE / 2));
    return pushed(world, "Event", "insert", "\"data\":{}");
  }

  private static String unsettled() {
    World world = World.open();
    TestLink link = world.connect();
    String word = "";
    for (int n = 1; n <= 17; n++) {
      String rest =
          "\"data\":{\"text\":\"" + n + "\"},\"device\":\"d" + n + "\",\"n\":1,\"base\":0";
      word = word(link.say(push("k" + n, "Edit", "insert", rest)));
    }
    return word;
  }

  private static String deviceTaken() {
    World world = World.guarded();
    world.grant("ann", "write");
    world.grant("bob", "write");
    String body = "{\"id\":\"m1\"}";
    world.post(
        "/api/Message?scope=org:1", body, "Authorization", "Bearer ann", "Anabranch-Device", "d");
    return world
        .post(
            "/api/Message?scope=org:1",
            body,
            "Authorization",
            "Bearer bob",
            "Anabranch-Device",
            "d")
        .code();
  }

  private static String batchAborted() {
    return said(
        World.open(),
        "{\"type\":\"push\",\"atomic\":true,\"writes\":[{},"
            + ScopeSessionTest.insert("k", "m", "x")
            + "]}");
  }

  private static String rateLimited() {
    World world =
        World.open(
            new ScopeLimits(
                ScopeLimits.Session.DEFAULT.withRates(new Rate(1, 1), Rate.UNLIMITED),
                ScopeLimits.Http.DEFAULT));
    return word(world.connect().say("{\"type\":\"ping\"}").say("{\"type\":\"ping\"}"));
  }

  private static String tooManySubscriptions() {
    TestLink link = World.open().connect();
    for (int n = 0; n <= 256; n++) {
      link.say("{\"type\":\"subscribe\",\"scope\":\"org:" + n + "\"}");
    }
    return word(link);
  }

  private static String presenceFull() {
    World world = World.open();
    TestLink link = world.connect();
    for (int n = 0; n <= 64; n++) {
      link.say("{\"type\":\"presence\",\"scope\":\"org:" + n + "\",\"data\":{}}");
    }
    return word(link);
  }

  private static String broken(RuntimeException failure) {
    World world = World.open();
    world.kernel.failWith(failure);
    return said(world, "{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
  }

  private static String quota() {
    World world = World.open();
    world.kernel.refuseWritesWith(new Fault(FaultCode.QUOTA, "ann has used up her 5 MiB"));
    return posted(world, "Message", "{}");
  }
}
