package dev.anabranch.protocol.scope.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.protocol.scope.wire.Decoded.Bad;
import dev.anabranch.protocol.scope.wire.Decoded.Good;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ScopeCodecTest {
  private static final ScopeName SCOPE = new ScopeName("org:1");
  private static final ScopeCodec SERVER = ScopeCodec.ofServer(JsonLimits.FRAME);
  private static final ScopeCodec CLIENT = ScopeCodec.ofClient();

  @Test
  void syncFramesKeepUnderTheBoundAndLoseNothing() {
    List<SyncEvent> events = IntStream.rangeClosed(1, 5000).mapToObj(n -> event(n, 300)).toList();

    List<byte[]> frames = ScopeCodec.syncFrames(events);

    assertThat(frames).hasSizeGreaterThan(2);
    assertThat(frames).allMatch(frame -> frame.length <= ScopeCodec.FRAME_BYTES_MAX);
    assertThat(eventsOf(frames)).isEqualTo(events);
  }

  @Test
  void anEventOverTheBoundGoesAlone() {
    List<SyncEvent> events = List.of(event(1, 10), event(2, 600 * 1024), event(3, 10));

    List<byte[]> frames = ScopeCodec.syncFrames(events);

    assertThat(frames).hasSize(3);
    assertThat(eventsOf(frames)).isEqualTo(events);
  }

  @Test
  void bootstrapFramesKeepUnderTheBoundAndOnlyTheLastIsFinal() {
    List<SyncRecord> items = IntStream.rangeClosed(1, 900).mapToObj(n -> item(n, 1000)).toList();
    ScopeMessage.Bootstrap page =
        new ScopeMessage.Bootstrap(
            SCOPE, Map.of(new ModelName("Message"), items), true, 7, new Ref("r"));

    List<String> frames = ScopeCodec.bootstrapFrames(page);

    assertThat(frames).hasSizeGreaterThan(2);
    assertThat(frames)
        .allMatch(f -> f.getBytes(StandardCharsets.UTF_8).length <= ScopeCodec.FRAME_BYTES_MAX);
    List<ScopeMessage.Bootstrap> parts =
        frames.stream().map(f -> (ScopeMessage.Bootstrap) good(CLIENT.toClient(f))).toList();
    assertThat(parts.stream().map(ScopeMessage.Bootstrap::last).toList())
        .isEqualTo(
            Stream.concat(IntStream.range(1, parts.size()).mapToObj(n -> false), Stream.of(true))
                .toList());
    assertThat(parts.stream().flatMap(p -> p.models().values().stream()).flatMap(List::stream))
        .containsExactlyElementsOf(items);
  }

  @Test
  void aRecordWhoseBodyFitsNoFrameComesInParts() {
    byte[] body = new byte[3 * 1024 * 1024 + 1];
    new Random(5).nextBytes(body);
    SyncRecord large =
        new SyncRecord(
            new EntityId("large"), SCOPE, 2, 9, 0, 0, JsonObject.EMPTY, Bytes.of(body), false);
    ModelName model = new ModelName("Document");
    ScopeMessage.Bootstrap page =
        new ScopeMessage.Bootstrap(
            SCOPE, Map.of(model, List.of(item(1, 10), large, item(2, 10))), true, 9, new Ref("r"));

    List<String> frames = ScopeCodec.bootstrapFrames(page);

    assertThat(frames).allMatch(frame -> frame.length() <= ScopeCodec.FRAME_BYTES_MAX);
    List<ScopeMessage.Bootstrap> parts =
        frames.stream().map(f -> (ScopeMessage.Bootstrap) good(CLIENT.toClient(f))).toList();
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (ScopeMessage.Bootstrap part : parts) {
      List<SyncRecord> records = part.models().getOrDefault(model, List.of());
      Optional<Bytes> bytes = records.stream().findFirst().map(SyncRecord::body);
      bytes.ifPresent(some -> {
        assertThat(records).hasSize(1);
        whole.writeBytes(some.toArray());
        assertThat(part.bodyRest()).isEqualTo(body.length - whole.size());
      });
    }
    assertThat(whole.toByteArray()).isEqualTo(body);
    assertThat(parts.getLast().last()).isTrue();
    assertThat(parts.stream().filter(ScopeMessage.Bootstrap::last)).hasSize(1);
  }

  @Test
  void anEmptyBootstrapIsOneFrame() {
    assertThat(
            ScopeCodec.bootstrapFrames(new ScopeMessage.Bootstrap(SCOPE, Map.of(), true, 0, null)))
        .hasSize(1);
  }

  @Test
  void aPushOfTooManyWritesIsTooLarge() {
    String write =
        "{\"key\":\"k\",\"scope\":\"org:1\",\"model\":\"M\",\"id\":\"m\",\"action\":\"delete\"}";
    String frame =
        "{\"type\":\"push\",\"ref\":\"p\",\"writes\":["
            + String.join(",", java.util.Collections.nCopies(1001, write))
            + "]}";

    Decoded<ScopeMessage.FromClient> decoded = SERVER.fromClient(frame);

    assertThat(decoded).isInstanceOf(Bad.class);
    assertThat(((Bad<?>) decoded).refusal().fault()).isEqualTo(ScopeFault.TOO_LARGE);
  }

  @Test
  void onlyTheOpeningTypesOpenASession() {
    for (String type : List.of("auth", "subscribe", "push", "ping", "presence")) {
      assertThat(SERVER.opens("{\"type\":\"" + type + "\"}")).as(type).isTrue();
    }
    for (String other : List.of("[\"REQ\"]", "{\"type\":\"connect\"}", "{", "{\"type\":7}", "")) {
      assertThat(SERVER.opens(other)).as(other).isFalse();
    }
  }

  @Test
  void aTokenIsNotInTheTextOfItsMessage() {
    assertThat(new ScopeMessage.Auth("anb_1_secret", null).toString()).doesNotContain("secret");
  }

  @Test
  void everyKernelFaultHasAWordHere() {
    for (var code : dev.anabranch.kernel.log.FaultCode.values()) {
      assertThat(ScopeFault.of(code).code()).isEqualTo(code.word());
    }
  }

  @Property(tries = 2000)
  void arbitraryTextIsAFaultAndNeverAnException(@ForAll String text) {
    assertThat(SERVER.fromClient(text)).isInstanceOf(Bad.class);
    assertThat(CLIENT.toClient(text)).isInstanceOf(Bad.class);
  }

  @Property(tries = 4000)
  void mutatedMessagesAreUnderstoodOrAFaultAndNeverAnException(@ForAll long seed) {
    RandomGenerator random = new java.util.Random(seed);
    List<String> corpus = CORPUS;
    String text = corpus.get(random.nextInt(corpus.size()));
    for (int turn = random.nextInt(4); turn >= 0; turn--) {
      text = mutated(text, corpus.get(random.nextInt(corpus.size())), random);
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ScopeBodies bodies = ScopeBodies.ofClient();
    assertThat(SERVER.fromClient(text)).isNotNull();
    assertThat(CLIENT.toClient(text)).isNotNull();
    assertThat(bodies.push(bytes)).isNotNull();
    assertThat(bodies.outcomes(bytes)).isNotNull();
    assertThat(bodies.delta(bytes)).isNotNull();
    assertThat(bodies.bootstrap(bytes)).isNotNull();
    assertThat(bodies.line(bytes)).isNotNull();
    assertThat(bodies.item(bytes)).isNotNull();
    assertThat(bodies.event(bytes)).isNotNull();
    assertThat(bodies.problem(bytes)).isNotNull();
  }

  private static final List<String> CORPUS = corpus();

  private static List<String> corpus() {
    List<String> corpus = new ArrayList<>();
    for (String file : List.of("from-client.json", "to-client.json")) {
      Vectors.of(file, "valid").forEach(v -> corpus.add(text(v, "frame")));
      Vectors.of(file, "invalid").forEach(v -> corpus.add(v.string("text").orElseThrow()));
    }
    Vectors.of("bodies.json", "valid").forEach(v -> corpus.add(text(v, "body")));
    return List.copyOf(corpus);
  }

  private static String text(JsonObject vector, String name) {
    return Objects.requireNonNull(vector.get(name)).text();
  }

  private static String mutated(String text, String other, RandomGenerator random) {
    int at = text.isEmpty() ? 0 : random.nextInt(text.length());
    int to = Math.min(text.length(), at + random.nextInt(12));
    return switch (random.nextInt(5)) {
      case 0 -> text.substring(0, at) + text.substring(to);
      case 1 -> text.substring(0, at) + text.substring(at, to).repeat(3) + text.substring(to);
      case 2 ->
          text.substring(0, at)
              + SPLINTERS.get(random.nextInt(SPLINTERS.size()))
              + text.substring(to);
      case 3 -> text.substring(0, at) + other.substring(random.nextInt(other.length() + 1));
      default ->
          text.replace(
              String.valueOf(text.isEmpty() ? 'x' : text.charAt(at)),
              SPLINTERS.get(random.nextInt(SPLINTERS.size())));
    };
  }

  private static final List<String> SPLINTERS =
      List.of(
          "null",
          "-1",
          "0",
          "1e309",
          "9223372036854775807",
          "true",
          "\"\"",
          "{}",
          "[]",
          "[[",
          "\\u0000",
          "\\ud800",
          "~",
          "\"~x\"",
          "\"deleted\":true,",
          "\"$fields\":7,",
          "\"$body\":\"*\",",
          ":",
          ",",
          "\"",
          "\u0000",
          "é");

  private static List<SyncEvent> eventsOf(List<byte[]> frames) {
    return frames.stream()
        .map(frame -> good(CLIENT.toClient(new String(frame, StandardCharsets.UTF_8))))
        .flatMap(message -> ((ScopeMessage.Sync) message).events().stream())
        .toList();
  }

  private static <T> T good(Decoded<T> decoded) {
    return switch (decoded) {
      case Good<T>(T value) -> value;
      case Bad<T> bad -> throw new AssertionError("refused: " + bad);
    };
  }

  private static SyncEvent event(long n, int characters) {
    return new SyncEvent(
        n,
        n,
        SCOPE,
        new ModelName("Message"),
        new EntityId("m" + n),
        Action.INSERT,
        JsonObject.EMPTY.with("text", "é".repeat(characters / 2)),
        null,
        1,
        new PrincipalId("ann"),
        null,
        null,
        n,
        false);
  }

  private static SyncRecord item(long n, int characters) {
    return new SyncRecord(
        new EntityId("m" + n),
        SCOPE,
        1,
        n,
        n,
        n,
        JsonObject.EMPTY.with("text", "é".repeat(characters)),
        null,
        false);
  }
}
