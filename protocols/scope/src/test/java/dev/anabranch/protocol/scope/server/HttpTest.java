package dev.anabranch.protocol.scope.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.limit.Rate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What an HTTP client may expect, sentence by sentence. Every answer is held against the
/// description of the interface on the way ([World#ask]).
class HttpTest {

  @Nested
  class Bootstrap {
    @Test
    void givesLivingEntitiesByModelAndTheCursorTheyStandFor() {
      World world = World.open();
      world.put("m1", "one");
      world.put("m2", "two");
      world.delete("m1");

      TestExchange answer = world.get("/sync/bootstrap?scope=org:1");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Content-Type")).contains("application/json");
      assertThat(answer.json().number("lastSyncId")).hasValue(3);
      assertThat(models(answer).fields()).containsOnlyKeys("Message");
      assertThat(list(models(answer), "Message"))
          .extracting(item -> ((JsonObject) item).string("id").orElseThrow())
          .containsExactly("m2");
    }

    @Test
    void ofAnUnknownScopeIsEmpty() {
      assertThat(World.open().get("/sync/bootstrap?scope=org:1").text())
          .isEqualTo("{\"models\":{},\"lastSyncId\":0}");
    }

    @Test
    void comesLineByLineForWhoAcceptsIt() {
      World world = World.open();
      world.put("m1", "one");
      world.put("m2", "two");

      TestExchange answer =
          world.get("/sync/bootstrap?scope=org:1", "Accept", "application/x-ndjson");

      assertThat(answer.header("Content-Type")).contains("application/x-ndjson");
      assertThat(answer.text().lines()).hasSize(3);
      assertThat(answer.text()).endsWith("{\"lastSyncId\":2,\"count\":2}\n");
    }

    @Test
    void isUnchangedUntilSomethingIsCommitted() {
      World world = World.open();
      world.put("m1", "one");
      String tag = world.get("/sync/bootstrap?scope=org:1").header("ETag").orElseThrow();
      int asked = world.kernel.asked();

      TestExchange again = world.get("/sync/bootstrap?scope=org:1", "If-None-Match", tag);
      assertThat(again.status()).isEqualTo(304);
      assertThat(again.text()).isEmpty();
      assertThat(again.header("ETag")).contains(tag);
      assertThat(world.kernel.asked()).as("one question: the head").isEqualTo(asked + 1);
      String bare = tag.replaceFirst("^W/", "");
      for (String alike : List.of(bare, "W/" + bare, "\"none\", " + bare, "*")) {
        assertThat(world.get("/sync/bootstrap?scope=org:1", "If-None-Match", alike).status())
            .as(alike)
            .isEqualTo(304);
      }

      world.put("m2", "two");
      assertThat(world.get("/sync/bootstrap?scope=org:1", "If-None-Match", tag).status())
          .isEqualTo(200);
    }

    @Test
    void hasAnotherTagInAnotherShape() {
      World world = World.open();
      world.put("m1", "one");

      assertThat(
              List.of(
                  tag(world, "/sync/bootstrap?scope=org:1"),
                  tag(world, "/sync/bootstrap?scope=org:1&models=Payment"),
                  tag(world, "/sync/bootstrap?scope=org:1&limit=5"),
                  tag(world, "/sync/bootstrap?scope=org:1", "Accept", "application/x-ndjson")))
          .doesNotHaveDuplicates();
    }

    @Test
    void mayBeOfSomeModelsInAnySpelling() {
      World world = World.open();
      world.put("m1", "one");
      world.post("/api/Payment", "{\"scope\":\"org:1\",\"id\":\"p1\",\"cents\":5}");

      assertThat(models(world.get("/sync/bootstrap?scope=org:1&models=messages")).fields())
          .containsOnlyKeys("Message");
      assertThat(models(world.get("/sync/bootstrap?scope=org:1&models=Payment,Message")).fields())
          .containsOnlyKeys("Message", "Payment");
    }

    @Test
    void comesInPagesThatKeepTheFirstCursor() {
      World world = World.open();
      IntStream.rangeClosed(1, 5).forEach(n -> world.put("m" + n, "text"));

      JsonObject first = world.get("/sync/bootstrap?scope=org:1&limit=2").json();
      world.put("m9", "text");
      JsonObject second = page(world, first);
      JsonObject third = page(world, second);

      assertThat(List.of(first, second, third))
          .allMatch(page -> page.number("lastSyncId").orElseThrow() == 5);
      assertThat(list((JsonObject) get(second, "models"), "Message")).hasSize(2);
      assertThat(list((JsonObject) get(third, "models"), "Message"))
          .as("newer than the cursor, which is allowed")
          .hasSize(2);
      assertThat(third.string("next")).isEmpty();
    }

    @Test
    void aPageOfAnotherHistoryMustRefetch() {
      World world = World.open();
      IntStream.rangeClosed(1, 3).forEach(n -> world.put("m" + n, "text"));
      String next =
          world.get("/sync/bootstrap?scope=org:1&limit=2").json().string("next").orElseThrow();

      TestExchange answer = World.open().get("/sync/bootstrap?scope=org:1&limit=2&next=" + next);

      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.json().string("refetch")).contains("epoch");
      assertThat(world.get("/sync/bootstrap?scope=org:1&next=xx").code()).isEqualTo("invalid");
      assertThat(world.get("/sync/bootstrap?scope=org:1&next=%25").code()).isEqualTo("invalid");
    }

    @Test
    void isNeverWholeInMemoryAndWaitsForASlowPeer() {
      ScopeLimits.Http http = ScopeLimits.Http.DEFAULT;
      World world =
          World.open(
              new ScopeLimits(
                  ScopeLimits.Session.DEFAULT,
                  new ScopeLimits.Http(
                      http.push(),
                      http.entity(),
                      new PageLimit(2, 100_000),
                      10_000,
                      http.delta(),
                      25,
                      http.answerBytesMax(),
                      10,
                      15_000,
                      Rate.UNLIMITED,
                      Rate.UNLIMITED,
                      10)));
      IntStream.rangeClosed(1, 6).forEach(n -> world.put("m" + n, "text"));
      world.kernel.hold();
      TestExchange answer = world.begin("GET", "/sync/bootstrap?scope=org:1", null);
      answer.fill();
      world.kernel.release(false);
      world.turns.settle();

      assertThat(answer.finished()).isFalse();
      assertThat(answer.text()).contains("m2").doesNotContain("m3");
      answer.drain();
      assertThat(answer.finished()).isTrue();
      assertThat(list(models(answer), "Message")).hasSize(6);
      World.check("GET", "/sync/bootstrap", answer);
    }

    @Test
    void thatBreaksMidwayIsSeenToBeBroken() {
      World world =
          World.open(
              new ScopeLimits(
                  ScopeLimits.Session.DEFAULT, httpWithPages(new PageLimit(1, 100_000))));
      world.put("m1", "text");
      world.put("m2", "text");
      world.kernel.hold();
      TestExchange answer = world.begin("GET", "/sync/bootstrap?scope=org:1", null);
      answer.fill();
      world.kernel.release(false);
      world.turns.settle();
      world.kernel.failWith(new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away"));
      answer.drain();

      assertThat(answer.aborted()).isTrue();
      assertThat(answer.finished()).isFalse();
    }

    @Test
    void isAtMostOnePageAheadOfASlowPeer() {
      World world =
          World.open(
              new ScopeLimits(
                  ScopeLimits.Session.DEFAULT, httpWithPages(new PageLimit(1, 100_000))));
      IntStream.rangeClosed(1, 5).forEach(n -> world.put("m" + n, "text"));
      TestExchange answer = slowly(world);

      assertThat(answer.finished()).isFalse();
      assertThat(answer.text()).contains("m2").doesNotContain("m3");
      answer.drain();
      assertThat(answer.text()).contains("m4").doesNotContain("m5");
      answer.drain();
      assertThat(answer.finished()).isTrue();
      assertThat(list(models(answer), "Message")).hasSize(5);
    }

    @Test
    void thatBreaksWhileAPageIsSentIsSeenToBeBroken() {
      World world =
          World.open(
              new ScopeLimits(
                  ScopeLimits.Session.DEFAULT, httpWithPages(new PageLimit(1, 100_000))));
      IntStream.rangeClosed(1, 5).forEach(n -> world.put("m" + n, "text"));
      world.kernel.failAfter(2); // the head and the first page

      TestExchange answer = world.begin("GET", "/sync/bootstrap?scope=org:1", null);

      assertThat(answer.text()).contains("m1").doesNotContain("m2");
      assertThat(answer.aborted()).isTrue();
      assertThat(answer.finished()).isFalse();
    }

    /// A bootstrap to a peer that is slow from the first page on.
    private TestExchange slowly(World world) {
      world.kernel.hold();
      TestExchange answer = world.begin("GET", "/sync/bootstrap?scope=org:1", null);
      answer.slowDown();
      world.kernel.release(false);
      world.turns.settle();
      return answer;
    }

    private JsonObject page(World world, JsonObject before) {
      return world
          .get("/sync/bootstrap?scope=org:1&limit=2&next=" + before.string("next").orElseThrow())
          .json();
    }

    private String tag(World world, String target, String... headers) {
      return world.get(target, headers).header("ETag").orElseThrow();
    }
  }

  @Nested
  class Delta {
    @Test
    void givesChangesAfterACursor() {
      World world = World.open();
      IntStream.rangeClosed(1, 3).forEach(n -> world.put("m" + n, "text"));

      JsonObject answer = world.get("/sync/delta?scope=org:1&lastSyncId=1").json();

      assertThat(list(answer, "events")).hasSize(2);
      assertThat(answer.number("latestSyncId")).hasValue(3);
      assertThat(get(answer, "hasMore").text()).isEqualTo("false");
    }

    @Test
    void comesInPages() {
      World world = World.open();
      IntStream.rangeClosed(1, 3).forEach(n -> world.put("m" + n, "text"));

      JsonObject answer = world.get("/sync/delta?scope=org:1&limit=2").json();

      assertThat(answer.number("latestSyncId")).hasValue(2);
      assertThat(get(answer, "hasMore").text()).isEqualTo("true");
    }

    @Test
    void withNothingNewRepeatsTheCursor() {
      World world = World.open();
      world.put("m1", "text");

      assertThat(world.get("/sync/delta?scope=org:1&lastSyncId=1").text())
          .isEqualTo("{\"events\":[],\"latestSyncId\":1,\"hasMore\":false}");
    }

    @Test
    void ofACursorThatIsOfNoUseMustRefetch() {
      World world = World.open();
      IntStream.rangeClosed(1, 5).forEach(n -> world.put("m" + n, "text"));
      world.retainAfter(3);

      TestExchange behind = world.get("/sync/delta?scope=org:1&lastSyncId=1");
      assertThat(behind.status()).isEqualTo(409);
      assertThat(behind.code()).isEqualTo("refetch");
      assertThat(behind.json().string("refetch")).contains("cursor_behind_retention");
      assertThat(world.get("/sync/delta?scope=org:1&lastSyncId=9").json().string("refetch"))
          .contains("cursor_ahead");
    }

    @Test
    void waitsForTheFirstChange() {
      World world = World.open();
      TestExchange waiting = world.begin("GET", "/sync/delta?scope=org:1&wait=25", null);
      assertThat(waiting.status()).isZero();

      world.put("m1", "text");

      assertThat(waiting.status()).isEqualTo(200);
      assertThat(waiting.json().number("latestSyncId")).hasValue(1);
      world.put("m2", "text");
      world.turns.pass(Duration.ofMinutes(1));
      World.check("GET", "/sync/delta", waiting);
    }

    @Test
    void waitsNoLongerThanItWasAsked() {
      World world = World.open();
      TestExchange waiting = world.begin("GET", "/sync/delta?scope=org:1&wait=5", null);

      world.turns.pass(Duration.ofSeconds(6));

      assertThat(waiting.text()).isEqualTo("{\"events\":[],\"latestSyncId\":0,\"hasMore\":false}");
    }

    @Test
    void waitingEndsWithThePeerOrWithTheRightToRead() {
      World world = World.guarded();
      world.grant("bob", "read");
      TestExchange gone =
          world.begin(
              "GET",
              "/sync/delta?scope=org:1&lastSyncId=1&wait=25",
              null,
              "Authorization",
              "Bearer bob");
      gone.cut();
      world.grant("bob", "none");
      assertThat(gone.status()).isZero();
    }

    @Test
    void tooManyMayNotWait() {
      World world = World.open(new ScopeLimits(ScopeLimits.Session.DEFAULT, httpWithStreams(1)));
      TestExchange first = world.begin("GET", "/sync/delta?scope=org:1&wait=25", null);

      TestExchange second = world.get("/sync/delta?scope=org:1&wait=25");
      assertThat(second.status()).isEqualTo(503);
      assertThat(world.get("/sync/live?scope=org:1").status()).isEqualTo(503);
      first.cut();
      assertThat(world.begin("GET", "/sync/delta?scope=org:1&wait=25", null).status()).isZero();
    }
  }

  @Nested
  class Entities {
    @Test
    void aCreatedOneIsAnsweredFlatWith201() {
      World world = World.open();

      TestExchange answer =
          world.post("/api/message", "{\"scope\":\"org:1\",\"id\":\"m1\",\"content\":\"hello\"}");

      assertThat(answer.status()).isEqualTo(201);
      assertThat(answer.header("ETag")).contains("\"1\"");
      assertThat(answer.text())
          .isEqualTo(
              "{\"id\":\"m1\",\"scope\":\"org:1\",\"version\":1,\"syncId\":1,"
                  + "\"createdAt\":1700000000000,\"updatedAt\":1700000000000,\"content\":\"hello\"}");
    }

    @Test
    void theServerMakesAnIdAndMakesItAgainForARetry() {
      World world = World.open();

      TestExchange first =
          world.post("/api/Message?scope=org:1", "{\"content\":\"x\"}", "Idempotency-Key", "k1");
      TestExchange retry =
          world.post("/api/Message?scope=org:1", "{\"content\":\"x\"}", "Idempotency-Key", "k1");
      TestExchange other = world.post("/api/Message?scope=org:1", "{\"content\":\"x\"}");

      assertThat(retry.text()).isEqualTo(first.text());
      assertThat(retry.status()).isEqualTo(201);
      assertThat(first.json().string("id").orElseThrow()).hasSize(36);
      assertThat(other.json().string("id")).isNotEqualTo(first.json().string("id"));
    }

    @Test
    void aRetryGetsTheFirstAnswerEvenWhenTheEntityHasMovedOn() {
      World world = World.open();
      String body = "{\"scope\":\"org:1\",\"id\":\"m1\",\"content\":\"first\"}";
      TestExchange first = world.post("/api/Message", body, "Idempotency-Key", "k1");
      TestExchange patched =
          world.patch("/api/Message/m1?scope=org:1", "{\"a\":1}", "Idempotency-Key", "k2");
      world.patch("/api/Message/m1?scope=org:1", "{\"content\":\"later\"}");
      TestExchange gone = world.remove("/api/Message/m1?scope=org:1", "Idempotency-Key", "k3");
      world.post("/api/Message", "{\"scope\":\"org:1\",\"id\":\"m1\",\"content\":\"again\"}");

      assertSame(world.post("/api/Message", body, "Idempotency-Key", "k1"), first);
      assertSame(
          world.patch("/api/Message/m1?scope=org:1", "{\"a\":1}", "Idempotency-Key", "k2"),
          patched);
      assertSame(world.remove("/api/Message/m1?scope=org:1", "Idempotency-Key", "k3"), gone);
    }

    @Test
    void aRetryOfAWriteThatTheLogNoLongerHoldsGetsWhatIsKnown() {
      World world = World.open();
      String body = "{\"scope\":\"org:1\",\"id\":\"m1\",\"content\":\"first\"}";
      world.post("/api/Message", body, "Idempotency-Key", "k1");
      world.patch("/api/Message/m1?scope=org:1", "{\"content\":\"later\"}");
      world.put("m2", "text");
      world.retainAfter(3);

      assertThat(world.post("/api/Message", body, "Idempotency-Key", "k1").text())
          .isEqualTo("{\"id\":\"m1\",\"scope\":\"org:1\",\"version\":1,\"syncId\":1}");
    }

    @Test
    void theSameKeyWithAnotherBodyIsRefused() {
      World world = World.open();
      world.post("/api/Message?scope=org:1", "{\"id\":\"m1\"}", "Idempotency-Key", "k1");

      TestExchange answer =
          world.post("/api/Message?scope=org:1", "{\"id\":\"m2\"}", "Idempotency-Key", "k1");

      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.code()).isEqualTo("key_reused");
    }

    @Test
    void insertingOnALivingOneUpdatesIt() {
      World world = World.open();
      world.put("m1", "one");

      TestExchange answer = world.post("/api/Message?scope=org:1", "{\"id\":\"m1\",\"a\":1}");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().number("version")).hasValue(2);
      assertThat(answer.json().string("content")).contains("one");
    }

    @Test
    void insertingOnALivingOneThatMustNotLiveConflicts() {
      World world = World.open();
      world.put("m1", "one");

      TestExchange answer =
          world.post("/api/Message?scope=org:1", "{\"id\":\"m1\"}", "If-None-Match", "*");

      assertThat(answer.status()).isEqualTo(412);
      assertThat(answer.code()).isEqualTo("conflict");
      assertThat(((JsonObject) get(answer.json(), "current")).string("content")).contains("one");
    }

    @Test
    void insertingOnADeletedOneContinuesItsVersionWith201() {
      World world = World.open();
      world.put("m1", "one");
      world.delete("m1");

      TestExchange answer = world.post("/api/Message?scope=org:1", "{\"id\":\"m1\"}");

      assertThat(answer.status()).isEqualTo(201);
      assertThat(answer.json().number("version")).hasValue(3);
    }

    @Test
    void aPatchMergesTheTopLevelAndNullRemoves() {
      World world = World.open();
      world.post("/api/Message?scope=org:1", "{\"id\":\"m1\",\"a\":{\"x\":1},\"b\":2,\"c\":3}");

      TestExchange answer =
          world.patch("/api/Message/m1?scope=org:1", "{\"a\":{\"y\":1},\"b\":null}");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(get(answer.json(), "a").text()).isEqualTo("{\"y\":1}");
      assertThat(answer.json().get("b")).isNull();
      assertThat(answer.json().number("c")).hasValue(3);
    }

    @Test
    void ifMatchTakesAVersionWithAndWithoutQuotes() {
      World world = World.open();
      world.put("m1", "one");

      assertThat(patchIf(world, "7").status()).isEqualTo(412);
      assertThat(patchIf(world, "1").json().number("version")).hasValue(2);
      assertThat(patchIf(world, "\"2\"").json().number("version")).hasValue(3);
      assertThat(patchIf(world, "W/\"3\"").json().number("version")).hasValue(4);
      assertThat(patchIf(world, "*").json().number("version")).hasValue(5);
      assertThat(patchIf(world, "\"x\"").code()).isEqualTo("invalid");
    }

    @Test
    void aDeletedOneIsAnsweredAsGone() {
      World world = World.open();
      world.put("m1", "one");

      assertThat(world.remove("/api/Message/m1?scope=org:1", "If-Match", "1").text())
          .isEqualTo(
              "{\"id\":\"m1\",\"scope\":\"org:1\",\"version\":2,\"syncId\":2,\"deleted\":true}");
      assertThat(world.get("/api/Message/m1?scope=org:1").status()).isEqualTo(404);
      TestExchange stale = world.remove("/api/Message/m1?scope=org:1", "If-Match", "1");
      assertThat(stale.status()).isEqualTo(412);
      assertThat(get((JsonObject) get(stale.json(), "current"), "deleted").text())
          .isEqualTo("true");
    }

    @Test
    void absentOnesCannotBeChanged() {
      World world = World.open();

      assertThat(world.patch("/api/Message/m1?scope=org:1", "{}").code()).isEqualTo("absent");
      assertThat(world.remove("/api/Message/m1?scope=org:1").status()).isEqualTo(404);
    }

    @Test
    void oneCanBeReadAndIsNotSentAgainUnchanged() {
      World world = World.open();
      world.put("notes/may ü", "one");

      TestExchange answer = world.get("/api/messages/notes%2Fmay%20%C3%BC?scope=org:1");

      assertThat(answer.json().string("content")).contains("one");
      assertThat(answer.header("ETag")).contains("\"1\"");
      for (String alike : List.of("\"1\"", "W/\"1\"", "\"0\", \"1\"", "*")) {
        assertThat(
                world
                    .get("/api/Message/notes%2Fmay%20%C3%BC?scope=org:1", "If-None-Match", alike)
                    .status())
            .as(alike)
            .isEqualTo(304);
      }
      assertThat(
              world
                  .get("/api/Message/notes%2Fmay%20%C3%BC?scope=org:1", "If-None-Match", "\"2\"")
                  .status())
          .isEqualTo(200);
    }

    @Test
    void scopeIsRequiredAndMustAgree() {
      World world = World.open();

      assertThat(world.post("/api/Message", "{\"id\":\"m1\"}").code()).isEqualTo("invalid");
      assertThat(world.post("/api/Message?scope=org:2", "{\"scope\":\"org:1\"}").code())
          .isEqualTo("invalid");
      assertThat(world.post("/api/Message", "{\"scope\":7}").code()).isEqualTo("invalid");
      assertThat(world.get("/api/Message/m1").code()).isEqualTo("invalid");
      assertThat(world.patch("/api/Message/m1?scope=org:1", "{\"id\":\"m2\"}").code())
          .isEqualTo("invalid");
    }

    @Test
    void reservedNamesAreRefusedByName() {
      World world = World.open();
      for (String name : List.of("version", "syncId", "createdAt", "updatedAt", "__proto__")) {
        TestExchange answer = world.post("/api/Message?scope=org:1", "{\"" + name + "\":1}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().string("detail").orElseThrow()).contains(name);
      }
    }

    @Test
    void theDeviceOfTheHeaderCounts() {
      World world = World.open();
      world.post("/api/Message?scope=org:1", "{\"id\":\"m1\"}", "Anabranch-Device", "laptop");

      JsonObject event =
          (JsonObject) list(world.get("/sync/delta?scope=org:1").json(), "events").getFirst();

      assertThat(event.string("device")).contains("laptop");
      assertThat(world.post("/api/Message?scope=org:1", "{}", "Anabranch-Device", "~laptop").code())
          .isEqualTo("invalid");
    }

    /// A text as its bytes stand in a header.
    private static String bytes(String text) {
      return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aKeyAndADeviceInHeadersAreTheSameTextsAsInAPush() {
      World world = World.open();
      String insert = "{\"id\":\"m1\",\"content\":\"one\"}";
      String key = bytes("cl\u00e9");
      TestExchange first =
          world.post(
              "/api/Message?scope=org:1", insert, "Idempotency-Key", key, "Anabranch-Device", key);

      assertThat(first.status()).isEqualTo(201);
      JsonObject event =
          (JsonObject) list(world.get("/sync/delta?scope=org:1").json(), "events").getFirst();
      assertThat(event.string("key")).contains("cl\u00e9");
      assertThat(event.string("device")).contains("cl\u00e9");
      String writes = "{\"writes\":[" + ScopeSessionTest.insert("cl\u00e9", "m1", "one") + "]}";
      assertThat(world.post("/sync/push", writes, "Anabranch-Device", key).text())
          .contains("\"duplicate\"");
    }

    @Test
    void aKeyOrDeviceThatIsNotUtf8IsInvalid() {
      World world = World.open();
      String target = "/api/Message?scope=org:1";

      assertThat(world.post(target, "{}", "Idempotency-Key", "cl\u00e9").code())
          .isEqualTo("invalid");
      assertThat(world.post(target, "{}", "Anabranch-Device", "cl\u00e9").code())
          .isEqualTo("invalid");
      assertThat(world.post("/sync/push", "{\"writes\":[]}", "Anabranch-Device", "cl\u00e9").code())
          .isEqualTo("invalid");
      TestLink link = world.connect("Anabranch-Device", "cl\u00e9");
      assertThat(ScopeSessionTest.errors(link)).containsExactly("invalid");
      assertThat(link.closeCode()).isEqualTo(1008);
    }

    @Test
    void severalLinesOfAHeaderSayWhatOneWouldSay() {
      World world = World.open();
      world.put("m1", "one");
      String target = "/api/Message/m1?scope=org:1";

      assertThat(world.patch(target, "{}", "If-Match", "1, 2").code()).isEqualTo("invalid");
      assertThat(world.patch(target, "{}", "If-Match", "1", "If-Match", "2").code())
          .isEqualTo("invalid");
      assertThat(world.patch(target, "{}", "If-None-Match", "*", "If-None-Match", "\"1\"").code())
          .isEqualTo("invalid");
      assertThat(world.patch(target, "{}", "Anabranch-Device", "~", "Anabranch-Device", "a").code())
          .isEqualTo("invalid");
      assertThat(world.patch(target, "{\"a\":1}", "If-Match", "1").status()).isEqualTo(200);
    }

    @Test
    void aKeyedRefusalIsRememberedButARateIsNot() {
      World world = World.open();
      TestExchange absent =
          world.patch("/api/Message/m1?scope=org:1", "{}", "Idempotency-Key", "k1");
      world.put("m1", "one");

      assertSame(world.patch("/api/Message/m1?scope=org:1", "{}", "Idempotency-Key", "k1"), absent);
    }

    private TestExchange patchIf(World world, String tag) {
      return world.patch("/api/Message/m1?scope=org:1", "{\"a\":1}", "If-Match", tag);
    }
  }

  @Nested
  class Pushing {
    @Test
    void isAnsweredWithOutcomesInOrder() {
      World world = World.open();
      String writes =
          "{\"writes\":["
              + ScopeSessionTest.insert("k1", "m1", "one")
              + ",{\"key\":\"k2\"},"
              + ScopeSessionTest.insert("k1", "m1", "one")
              + "]}";

      TestExchange answer = world.post("/sync/push", writes, "Anabranch-Device", "laptop");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(list(answer.json(), "outcomes"))
          .extracting(outcome -> ((JsonObject) outcome).string("status").orElseThrow())
          .containsExactly("applied", "refused", "duplicate");
    }

    @Test
    void ofTooMuchIsTooLarge() {
      World world = World.open();
      String writes = "{\"writes\":[" + "7,".repeat(1000) + "7]}";

      assertThat(world.post("/sync/push", writes).status()).isEqualTo(413);
      assertThat(world.post("/sync/push", "{\"writes\":[]}").text()).isEqualTo("{\"outcomes\":[]}");
    }
  }

  @Nested
  class LiveStream {
    @Test
    void beginsAtTheHeadWithLive() {
      World world = World.open();
      world.put("m1", "text");

      TestExchange stream = world.begin("GET", "/sync/live?scope=org:1", null);
      assertThat(stream.status()).isEqualTo(200);
      assertThat(stream.header("Content-Type")).contains("text/event-stream");
      assertThat(stream.take())
          .isEqualTo("id: 1\nevent: live\ndata: {\"scope\":\"org:1\",\"lastSyncId\":1}\n\n");

      world.put("m2", "text");
      assertThat(stream.take()).startsWith("id: 2\nevent: sync\ndata: {\"id\":2,\"seq\":2,");
    }

    @Test
    void resumesAfterTheLastEvent() {
      World world = World.open();
      IntStream.rangeClosed(1, 3).forEach(n -> world.put("m" + n, "text"));

      TestExchange stream =
          world.begin("GET", "/sync/live?scope=org:1&lastSyncId=0", null, "Last-Event-ID", "2");

      assertThat(stream.take().lines().filter(line -> line.startsWith("id:")))
          .containsExactly("id: 3", "id: 3");
      assertThat(world.begin("GET", "/sync/live?scope=org:1&lastSyncId=1", null).take())
          .contains("id: 2\nevent: sync", "id: 3\nevent: sync", "event: live");
    }

    @Test
    void tellsToRefetchAndEnds() {
      World world = World.open();
      world.put("m1", "text");

      TestExchange stream = world.begin("GET", "/sync/live?scope=org:1&lastSyncId=9", null);

      assertThat(stream.status()).isEqualTo(200);
      assertThat(stream.text())
          .isEqualTo(
              "id\nevent: refetch\ndata: {\"scope\":\"org:1\",\"reason\":\"cursor_ahead\"}\n\n");
      assertThat(stream.finished()).isTrue();
    }

    @Test
    void beatsWhenNothingHappens() {
      World world = World.open();
      TestExchange stream = world.begin("GET", "/sync/live?scope=org:1", null);
      stream.take();

      world.turns.pass(Duration.ofSeconds(31));

      assertThat(stream.take()).isEqualTo(": still here\n\n: still here\n\n");
    }

    @Test
    void pausesForASlowPeerAndLosesNothing() {
      World world = World.open();
      TestExchange stream = world.begin("GET", "/sync/live?scope=org:1", null);
      stream.take();
      stream.fill();
      IntStream.rangeClosed(1, 20).forEach(n -> world.put("m" + n, "text"));
      assertThat(stream.take()).isEmpty();

      stream.drain();

      assertThat(stream.take().lines().filter(line -> line.startsWith("id:"))).hasSize(20);
    }

    @Test
    void endsWithItsPeer() {
      World world = World.open();
      TestExchange stream = world.begin("GET", "/sync/live?scope=org:1", null);
      stream.take();

      stream.cut();
      world.put("m1", "text");
      world.turns.pass(Duration.ofMinutes(1));

      assertThat(stream.take()).isEmpty();
    }

    @Test
    void takesATokenInTheQueryBecauseBrowsersCannotSetHeadersHere() {
      World world = World.guarded();
      world.grant("bob", "read");

      assertThat(world.begin("GET", "/sync/live?scope=org:1&token=bob", null).status())
          .isEqualTo(200);
      assertThat(world.get("/sync/delta?scope=org:1&token=bob").status())
          .as("a query is in logs; only where there is no other way")
          .isEqualTo(401);
    }

    @Test
    void whatItSaysIsDescribed() {
      World world = World.open();
      world.put("m1", "text");
      String text = world.begin("GET", "/sync/live?scope=org:1&lastSyncId=0", null).text();
      List<String> data =
          text.lines().filter(l -> l.startsWith("data: ")).map(l -> l.substring(6)).toList();

      assertThat(Description.OF_SCOPE_SYNC.violations("SyncEvent", data.get(0))).isEmpty();
      assertThat(Description.OF_SCOPE_SYNC.violations("LiveMark", data.get(1))).isEmpty();
    }
  }

  @Nested
  class Everywhere {
    @Test
    void openLoopbackServesLoopbackNamesAndPagesOnly() {
      World world = World.open();
      String target = "/sync/delta?scope=org:1";

      for (String host : List.of("localhost", "127.0.0.1:8400", "[::1]:8400", "LOCALHOST:1")) {
        assertThat(world.get(target, "Host", host).status()).as(host).isEqualTo(200);
      }
      for (String host :
          List.of("evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "")) {
        assertThat(world.get(target, "Host", host.isEmpty() ? "x" : host).code())
            .isEqualTo("origin_refused");
      }
      assertThat(world.get(target, "Origin", "http://localhost:5173").status()).isEqualTo(200);
      for (String origin :
          List.of("https://evil.example", "null", "http://localhost.evil.example")) {
        assertThat(world.get(target, "Origin", origin).status()).as(origin).isEqualTo(403);
      }
    }

    @Test
    void aGuardedServerServesEveryHostButAsksForAToken() {
      World world = World.guarded();
      world.grant("bob", "read");

      assertThat(
              world
                  .get(
                      "/sync/delta?scope=org:1",
                      "Host",
                      "sync.example",
                      "Origin",
                      "https://app.example",
                      "Authorization",
                      "bearer bob")
                  .status())
          .isEqualTo(200);
      TestExchange stranger = world.get("/sync/delta?scope=org:1");
      assertThat(stranger.status()).isEqualTo(401);
      assertThat(stranger.header("WWW-Authenticate")).contains("Bearer");
      assertThat(world.get("/sync/delta?scope=org:1", "Authorization", "Bearer eve").status())
          .isEqualTo(401);
    }

    @Test
    void whoHasNoRightIsForbidden() {
      World world = World.guarded();
      world.put("m1", "secret");

      for (String target :
          List.of(
              "/sync/bootstrap?scope=org:1", "/sync/delta?scope=org:1",
              "/sync/delta?scope=org:1&wait=1", "/sync/live?scope=org:1",
              "/sync/live?scope=org:1&lastSyncId=0", "/api/Message/m1?scope=org:1")) {
        TestExchange answer = world.get(target, "Authorization", "Bearer bob");
        assertThat(answer.status()).as(target).isEqualTo(403);
        assertThat(answer.text()).doesNotContain("secret");
      }
    }

    @Test
    void tooManyRequestsAreToldWhenToComeBack() {
      World world =
          World.open(
              new ScopeLimits(
                  ScopeLimits.Session.DEFAULT,
                  ScopeLimits.Http.DEFAULT.withRates(new Rate(1, 2), Rate.UNLIMITED)));
      world.get("/sync/delta?scope=org:1");
      world.get("/sync/delta?scope=org:1");

      TestExchange answer = world.get("/sync/delta?scope=org:1");

      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.header("Retry-After")).contains("2");
      world.turns.pass(Duration.ofSeconds(2));
      assertThat(world.get("/sync/delta?scope=org:1").status()).isEqualTo(200);
    }

    @Test
    void tooManyWritesAreToldWhenToComeBack() {
      World world =
          World.open(
              new ScopeLimits(
                  ScopeLimits.Session.DEFAULT,
                  ScopeLimits.Http.DEFAULT.withRates(Rate.UNLIMITED, new Rate(1, 1))));
      world.post("/api/Message?scope=org:1", "{}");

      assertThat(world.post("/api/Message?scope=org:1", "{}").status()).isEqualTo(429);
      assertThat(
              world
                  .post(
                      "/sync/push", "{\"writes\":[" + ScopeSessionTest.insert("k", "m", "x") + "]}")
                  .status())
          .isEqualTo(429);
    }

    @Test
    void bodiesMustBeJson() {
      World world = World.open();
      for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "a/json")) {
        assertThat(world.post("/api/Message?scope=org:1", "{}", "Content-Type", type).status())
            .as(type)
            .isEqualTo(415);
        assertThat(world.post("/sync/push", "{}", "Content-Type", type).status()).isEqualTo(415);
      }
      assertThat(
              world
                  .post(
                      "/api/Message?scope=org:1", "{}",
                      "Content-Type", "Application/JSON; charset=utf-8")
                  .status())
          .isEqualTo(201);
      assertThat(world.post("/api/Message?scope=org:1", "hello").code()).isEqualTo("malformed");
      assertThat(world.post("/api/Message?scope=org:1", "[]").code()).isEqualTo("invalid");
    }

    @Test
    void numbersInQueriesHaveBounds() {
      World world = World.open();
      for (String query :
          List.of(
              "lastSyncId=-1",
              "lastSyncId=x",
              "lastSyncId=9223372036854775808",
              "limit=0",
              "limit=501",
              "wait=26",
              "wait=-1")) {
        assertThat(world.get("/sync/delta?scope=org:1&" + query).code())
            .as(query)
            .isEqualTo("invalid");
      }
      assertThat(world.get("/sync/delta?scope=org").code()).isEqualTo("invalid");
      assertThat(world.get("/sync/delta").code()).isEqualTo("invalid");
      assertThat(world.get("/sync/bootstrap?scope=org:1&models=a-b").code()).isEqualTo("invalid");
      assertThat(world.get("/sync/live?scope=org:1", "Last-Event-ID", "x").code())
          .isEqualTo("invalid");
    }

    @Test
    void unknownPathsAndMethodsAreAnswered() {
      World world = World.open();

      assertThat(world.get("/nothing").code()).isEqualTo("unknown_route");
      assertThat(world.get("/api/a/b/c").status()).isEqualTo(404);
      TestExchange answer = world.ask("PUT", "/api/Message/m1?scope=org:1", null);
      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.header("Allow")).contains("DELETE, GET, PATCH");
      assertThat(world.ask("POST", "/openapi.json", null).header("Allow")).contains("GET");
    }

    @Test
    void aLostStoreIsUnavailableAndABugIsInternal() {
      World world = World.open();
      world.kernel.failWith(new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away"));
      for (String target :
          List.of(
              "/sync/bootstrap?scope=org:1",
              "/sync/delta?scope=org:1",
              "/sync/live?scope=org:1",
              "/sync/live?scope=org:1&lastSyncId=1",
              "/api/Message/m1?scope=org:1")) {
        TestExchange answer = world.get(target);
        assertThat(answer.status()).as(target).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isPresent();
      }
      assertThat(world.failures).isEmpty();
      world.kernel.failWith(new IllegalStateException("a bug"));
      assertThat(world.get("/sync/delta?scope=org:1").code()).isEqualTo("internal");
      assertThat(world.failures).hasSize(1);
    }
  }

  static ScopeLimits.Http httpWithPages(PageLimit page) {
    ScopeLimits.Http d = ScopeLimits.Http.DEFAULT;
    return new ScopeLimits.Http(
        d.push(),
        d.entity(),
        page,
        d.bootstrapCountMax(),
        d.delta(),
        d.waitSecondsMax(),
        d.answerBytesMax(),
        d.streamsMax(),
        d.heartbeatMillis(),
        d.requests(),
        d.writes(),
        d.principalsMax());
  }

  static ScopeLimits.Http httpWithStreams(int streams) {
    ScopeLimits.Http d = ScopeLimits.Http.DEFAULT;
    return new ScopeLimits.Http(
        d.push(),
        d.entity(),
        d.bootstrapPage(),
        d.bootstrapCountMax(),
        d.delta(),
        d.waitSecondsMax(),
        d.answerBytesMax(),
        streams,
        d.heartbeatMillis(),
        d.requests(),
        d.writes(),
        d.principalsMax());
  }

  private static void assertSame(TestExchange retry, TestExchange first) {
    assertThat(retry.status()).isEqualTo(first.status());
    assertThat(retry.text()).isEqualTo(first.text());
    assertThat(retry.header("ETag")).isEqualTo(first.header("ETag"));
  }

  private static JsonObject models(TestExchange answer) {
    return (JsonObject) get(answer.json(), "models");
  }

  private static Json get(JsonObject object, String name) {
    return Objects.requireNonNull(object.get(name), name);
  }

  private static List<Json> list(JsonObject object, String name) {
    return ((JsonArray) get(object, name)).values();
  }
}
