package dev.anabranch.protocol.scope.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.protocol.scope.wire.Decoded.Bad;
import dev.anabranch.protocol.scope.wire.Decoded.Good;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Reads every golden message and spells it again.
class ScopeVectorsTest {
  private static final ScopeCodec SERVER = ScopeCodec.ofServer(JsonLimits.FRAME);
  private static final ScopeCodec CLIENT = ScopeCodec.ofClient();
  private static final ScopeBodies BODIES = ScopeBodies.ofClient();

  @TestFactory
  Stream<DynamicTest> serverUnderstandsWhatClientsSay() {
    return each(
        "from-client.json",
        "valid",
        vector -> {
          ScopeMessage.FromClient message = good(SERVER.fromClient(text(vector, "frame")));
          if (vector.get("mistakes") instanceof JsonArray(List<Json> mistakes)) {
            assertMistakes((ScopeMessage.Push) message, mistakes);
          } else {
            assertThat(Vectors.json(ScopeCodec.encode(message)))
                .isEqualTo(canonical(vector, "frame"));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> clientUnderstandsWhatServersSay() {
    return each(
        "to-client.json",
        "valid",
        vector ->
            assertThat(
                    Vectors.json(ScopeCodec.encode(good(CLIENT.toClient(text(vector, "frame"))))))
                .isEqualTo(canonical(vector, "frame")));
  }

  @TestFactory
  Stream<DynamicTest> serverRefusesWhatNoClientMaySay() {
    return each(
        "from-client.json",
        "invalid",
        vector -> assertBad(vector, SERVER.fromClient(vector.string("text").orElseThrow())));
  }

  @TestFactory
  Stream<DynamicTest> clientRefusesWhatNoServerSays() {
    return each(
        "to-client.json",
        "invalid",
        vector -> assertBad(vector, CLIENT.toClient(vector.string("text").orElseThrow())));
  }

  @TestFactory
  Stream<DynamicTest> bodiesAreReadAndSpelledAgain() {
    return each(
        "bodies.json",
        "valid",
        vector ->
            assertThat(Vectors.json(again(kind(vector), text(vector, "body"))))
                .isEqualTo(canonical(vector, "body")));
  }

  @TestFactory
  Stream<DynamicTest> bodiesThatSayNothingAreRefused() {
    return each(
        "bodies.json",
        "invalid",
        vector -> assertBad(vector, decode(kind(vector), vector.string("text").orElseThrow())));
  }

  private static Decoded<?> decode(String kind, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    return switch (kind) {
      case "push" -> BODIES.push(body);
      case "outcomes" -> BODIES.outcomes(body);
      case "delta" -> BODIES.delta(body);
      case "bootstrap" -> BODIES.bootstrap(body);
      case "line" -> BODIES.line(body);
      case "item" -> BODIES.item(body);
      case "event" -> BODIES.event(body);
      case "problem" -> BODIES.problem(body);
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private static String again(String kind, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    return switch (kind) {
      case "push" -> ScopeBodies.encode(good(BODIES.push(body)));
      case "outcomes" -> ScopeBodies.encodeOutcomes(good(BODIES.outcomes(body)));
      case "delta" -> ScopeBodies.encode(good(BODIES.delta(body)));
      case "bootstrap" -> ScopeBodies.encode(good(BODIES.bootstrap(body)));
      case "line" -> ScopeBodies.encode(good(BODIES.line(body)));
      case "item" -> ScopeBodies.encode(good(BODIES.item(body)));
      case "event" -> ScopeBodies.encode(good(BODIES.event(body)));
      case "problem" -> ScopeBodies.encode(good(BODIES.problem(body)));
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private interface Check {
    void of(JsonObject vector);
  }

  private static Stream<DynamicTest> each(String file, String section, Check check) {
    return Vectors.of(file, section).stream()
        .map(vector ->
            DynamicTest.dynamicTest(vector.string("name").orElseThrow(), () -> check.of(vector)));
  }

  private static <T> T good(Decoded<T> decoded) {
    return switch (decoded) {
      case Good<T>(T value) -> value;
      case Bad<T> bad -> throw new AssertionError("refused: " + bad);
    };
  }

  private static void assertBad(JsonObject vector, Decoded<?> decoded) {
    assertThat(decoded).isInstanceOf(Bad.class);
    Bad<?> bad = (Bad<?>) decoded;
    assertThat(bad.refusal().fault().code()).isEqualTo(vector.string("code").orElseThrow());
    assertThat(bad.scope()).isEqualTo(orNull(vector, "scope"));
    assertThat(bad.ref() == null ? null : bad.ref().text()).isEqualTo(orNull(vector, "ref"));
  }

  private static void assertMistakes(ScopeMessage.Push push, List<Json> mistakes) {
    for (Json each : mistakes) {
      JsonObject expected = (JsonObject) each;
      PushEntry entry = push.batch().writes().get((int) expected.number("index").orElseThrow());
      assertThat(entry).isInstanceOf(PushMistake.class);
      PushMistake mistake = (PushMistake) entry;
      assertThat(mistake.refusal().fault().code()).isEqualTo(expected.string("code").orElseThrow());
      assertThat(mistake.key() == null ? null : mistake.key().text())
          .isEqualTo(orNull(expected, "key"));
    }
  }

  private static @Nullable String orNull(JsonObject object, String name) {
    return object.string(name).orElse(null);
  }

  private static String kind(JsonObject vector) {
    return vector.string("kind").orElseThrow();
  }

  private static String text(JsonObject vector, String name) {
    return Objects.requireNonNull(vector.get(name)).text();
  }

  private static Json canonical(JsonObject vector, String name) {
    Json canonical = vector.get("canonical");
    return Objects.requireNonNull(canonical == null ? vector.get(name) : canonical);
  }
}
