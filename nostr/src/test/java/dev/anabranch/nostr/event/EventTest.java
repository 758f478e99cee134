package dev.anabranch.nostr.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.nostr.Vectors;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.key.Signature;
import dev.anabranch.nostr.text.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTest {
  private static final SecretKey KEY = SecretKey.generate(new Random(7));
  private static final Event GOOD =
      new UnsignedEvent(
              KEY.publicKey(), 1_700_000_000, 1, List.of(Tag.of("t", "cats", "more")), "hi \"you\"")
          .sign(KEY);

  static List<String> outside() {
    return Vectors.lines("events.ndjson");
  }

  @ParameterizedTest
  @MethodSource("outside")
  void eventsThatAnotherLibrarySignedAreVerifiedAndComeOutWhole(String json) {
    Event event = parsed(json);

    assertThat(Verification.of(event)).isInstanceOf(Verification.Verified.class);
    assertThat(parsed(event.json())).isEqualTo(event);
  }

  @Test
  void canonicalBytesAreTheOnesOfNip01() {
    UnsignedEvent event =
        new UnsignedEvent(
            KEY.publicKey(),
            5,
            1,
            List.of(Tag.of("a", "b\n"), Tag.of("c")),
            "\"\\\n\r\t\b\f/é\u0001\u007f😀");

    assertThat(new String(event.canonicalBytes(), StandardCharsets.UTF_8))
        .isEqualTo(
            "[0,\""
                + KEY.publicKey()
                + "\",5,1,[[\"a\",\"b\\n\"],[\"c\"]],"
                + "\"\\\"\\\\\\n\\r\\t\\b\\f/é\u0001\u007f😀\"]");
  }

  @Test
  void acceptsTheIdOfBothSpellingsOfAControlCharacter() {
    UnsignedEvent body = new UnsignedEvent(KEY.publicKey(), 5, 1, List.of(), "a\u0001b");
    Event verbatim = new Event(body.id(), body, KEY.sign(body.id().bytes()));
    Event signed = body.sign(KEY);

    assertThat(signed.id()).isNotEqualTo(verbatim.id());
    for (Event event : List.of(verbatim, signed)) {
      assertThat(Verification.of(event)).isInstanceOf(Verification.Verified.class);
      assertThat(Verification.of(parsed(event.json()))).isInstanceOf(Verification.Verified.class);
    }
    assertThat(signed.json()).contains("a\\u0001b");
  }

  @Test
  void whatIsReadIsWrittenAgain() {
    assertThat(parsed(GOOD.json())).isEqualTo(GOOD);
    assertThat(parsed("\n" + GOOD.json().replace(",", " ,\t") + " ")).isEqualTo(GOOD);
  }

  @Test
  void readsOverFieldsThatAreNotSignedAndKeepsNone() {
    String more = GOOD.json().replaceFirst("\\{", "{\"seen\":[{\"a\":-1.5e3},null,true],");

    assertThat(parsed(more).json()).isEqualTo(GOOD.json());
  }

  @Test
  void knowsAWrongIdFromAWrongSignature() {
    Event otherContent = parsed(GOOD.json().replace("hi ", "ho "));
    Event otherSignature = new Event(GOOD.id(), GOOD.body(), KEY.sign(new byte[32]));

    assertThat(Verification.of(otherContent)).isInstanceOf(Verification.WrongId.class);
    assertThat(Verification.of(otherSignature)).isInstanceOf(Verification.WrongSignature.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}",
        "null",
        "{\"id\":1}",
        "\u0000",
      })
  void refusesWhatIsNoEvent(String text) {
    assertThat(malformed(text)).isNotEmpty();
  }

  static Stream<String> broken() {
    String good = GOOD.json();
    return Stream.of(
        good + "x",
        good.replace("\"kind\":1", "\"kind\":65536"),
        good.replace("\"kind\":1", "\"kind\":-1"),
        good.replace("\"kind\":1", "\"kind\":1.0"),
        good.replace("\"kind\":1", "\"kind\":\"1\""),
        good.replace("\"kind\":1", "\"kind\":01"),
        good.replace("1700000000", "-1"),
        good.replace("1700000000", "1.7e9"),
        good.replace("1700000000", "1700000000.0"),
        good.replace("1700000000", "9007199254740993"),
        good.replace("1700000000", "99999999999999999999999999"),
        good.replace("1700000000", "null"),
        good.replace("[\"t\",\"cats\",\"more\"]", "[]"),
        good.replace("[\"t\",\"cats\",\"more\"]", "[null]"),
        good.replace("[\"t\",\"cats\",\"more\"]", "[\"t\",5]"),
        good.replace("[\"t\",\"cats\",\"more\"]", "\"t\""),
        good.replace("cats", "\\ud800"),
        good.replace("cats", "\\udc00\\ud800"),
        good.replace("cats", "\\x"),
        good.replace("cats", "\\u12g4"),
        good.replace("cats", "a\nb"),
        good.replace("\"content\"", "\"kind\":1,\"content\""),
        good.replace("\"content\"", "\"contents\""),
        good.replace(GOOD.id().hex(), GOOD.id().hex().toUpperCase(java.util.Locale.ROOT)),
        good.replace(GOOD.id().hex(), GOOD.id().hex().substring(1)),
        good.replace(KEY.publicKey().hex(), "A" + KEY.publicKey().hex().substring(1)),
        good.replace("\"sig\":\"", "\"sig\":\"0"));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void refusesAnEventWithOneThingWrong(String json) {
    assertThat(malformed(json)).isNotEmpty();
  }

  @Test
  void refusesBytesThatAreNotUtf8() {
    byte[] bytes = GOOD.jsonBytes();
    bytes[GOOD.json().indexOf("cats")] = (byte) 0xc0;

    assertThat(Event.parse(bytes, EventLimits.USUAL)).isInstanceOf(Parsed.Malformed.class);
  }

  @Test
  void refusesMoreThanTheLimits() {
    byte[] json = GOOD.jsonBytes();

    assertThat(Event.parse(json, new EventLimits(json.length, 1, 3, 8)))
        .isInstanceOf(Parsed.Value.class);
    for (EventLimits tight :
        List.of(
            new EventLimits(json.length - 1, 1, 3, 8),
            new EventLimits(json.length, 0, 3, 8),
            new EventLimits(json.length, 1, 2, 8),
            new EventLimits(json.length, 1, 3, 7))) {
      assertThat(Event.parse(json, tight)).isInstanceOf(Parsed.Malformed.class);
    }
  }

  @Test
  void stopsReadingWhereAnEventBecomesTooLong() {
    String endless = "{\"tags\":[" + "[\"t\"],".repeat(100);

    assertThat(
            Event.parse(
                endless.getBytes(StandardCharsets.UTF_8), new EventLimits(200, 1_000, 100, 8)))
        .isInstanceOfSatisfying(
            Parsed.Malformed.class,
            malformed -> assertThat(malformed.detail()).contains("more than 200 bytes"));
  }

  @Test
  void readsTextsBetweenEscapesWhateverTheirScript() {
    String json = GOOD.json().replace("cats", "\\u00e9é\\n😀\\\\a\\ud83d\\ude00ü");

    assertThat(parsed(json).tags().getFirst().value()).isEqualTo("éé\n😀\\a😀ü");
    assertThat(parsed(json.replace("ü\"", "\\t\"")).tags().getFirst().value()).endsWith("😀\t");
    byte[] broken = json.getBytes(StandardCharsets.UTF_8);
    broken[new String(broken, StandardCharsets.ISO_8859_1).indexOf("a\\ud83d")] = (byte) 0xc0;
    assertThat(Event.parse(broken, EventLimits.USUAL)).isInstanceOf(Parsed.Malformed.class);
  }

  @Test
  void refusesValuesThatNestWithoutEnd() {
    String deep = "{\"x\":" + "[".repeat(100_000);

    assertThat(malformed(deep)).contains("deeper");
  }

  @Test
  void everyKindHasItsClass() {
    assertThat(KindClass.of(1)).isEqualTo(KindClass.REGULAR);
    assertThat(KindClass.of(1_059)).isEqualTo(KindClass.REGULAR);
    assertThat(KindClass.of(45)).isEqualTo(KindClass.REGULAR);
    assertThat(KindClass.of(40_000)).isEqualTo(KindClass.REGULAR);
    assertThat(List.of(0, 3, 10_000, 19_999))
        .allMatch(kind -> KindClass.of(kind) == KindClass.REPLACEABLE);
    assertThat(List.of(20_000, 29_999)).allMatch(kind -> KindClass.of(kind) == KindClass.EPHEMERAL);
    assertThat(List.of(30_000, 39_999))
        .allMatch(kind -> KindClass.of(kind) == KindClass.ADDRESSABLE);
  }

  @Test
  void theNewerTakesThePlaceAndOnATieTheLowerId() {
    Event older = note(5, "a");
    Event newer = note(6, "b");
    Event tied = note(6, "c");
    Event lower = newer.id().compareTo(tied.id()) < 0 ? newer : tied;
    Event higher = lower.equals(newer) ? tied : newer;

    assertThat(newer.supersedes(older)).isTrue();
    assertThat(older.supersedes(newer)).isFalse();
    assertThat(lower.supersedes(higher)).isTrue();
    assertThat(higher.supersedes(lower)).isFalse();
    assertThat(lower.supersedes(lower)).isFalse();
  }

  @Test
  void anAddressIsReadAsItIsWritten() {
    Event chat =
        new UnsignedEvent(KEY.publicKey(), 5, 30_001, List.of(Tag.of("d", "x:y")), "").sign(KEY);
    Address address = chat.address().orElseThrow();

    assertThat(Address.parse(address.text())).contains(address);
    assertThat(address.identifier()).isEqualTo("x:y");
    assertThat(note(5, "a").address()).isEmpty();
    assertThat(Address.parse("1:" + KEY.publicKey() + ":")).isEmpty();
    assertThat(Address.parse("030001:" + KEY.publicKey() + ":x")).isEmpty();
    assertThat(Address.parse("30001:" + KEY.publicKey())).isEmpty();
    assertThat(Address.parse("10002:" + KEY.publicKey() + ":")).isPresent();
    assertThat(Address.parse("10002:" + KEY.publicKey() + ":x")).isEmpty();
    assertThatThrownBy(() -> new Address(10_002, KEY.publicKey(), "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nsec1pasted", ""})
  void whatIsNoKeyIdOrSignatureIsNotRepeatedInTheLog(String pasted) {
    for (ThrowingCallable made :
        List.<ThrowingCallable>of(
            () -> new PublicKey(pasted), () -> new EventId(pasted), () -> new Signature(pasted))) {
      assertThatThrownBy(made)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(pasted.length() + " characters")
          .hasMessageNotContaining("nsec");
    }
  }

  private static Event note(long at, String content) {
    return new UnsignedEvent(KEY.publicKey(), at, 1, List.of(), content).sign(KEY);
  }

  private static Event parsed(String json) {
    return Event.parse(json.getBytes(StandardCharsets.UTF_8), EventLimits.USUAL).orThrow();
  }

  private static String malformed(String json) {
    return Event.parse(json.getBytes(StandardCharsets.UTF_8), EventLimits.USUAL)
            instanceof Parsed.Malformed<Event>(String detail)
        ? detail
        : "";
  }
}
