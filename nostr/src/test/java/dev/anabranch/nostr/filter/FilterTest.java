package dev.anabranch.nostr.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.text.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {
  private static final SecretKey KEY = SecretKey.generate(new Random(7));
  private static final String HEX = "ab".repeat(32);
  private static final Event NOTE =
      new UnsignedEvent(
              KEY.publicKey(),
              100,
              1,
              List.of(
                  Tag.of("t", "cats", "dogs"), Tag.of("t", "birds"), Tag.of("p", HEX), Tag.of("x")),
              "The quick brown Fox")
          .sign(KEY);

  @Test
  void everyDemandMustHold() {
    Filter all =
        Filter.ANY
            .withIds(Set.of(NOTE.id()))
            .withAuthors(Set.of(KEY.publicKey()))
            .withKinds(Set.of(7, 1))
            .withTag('t', Set.of("fish", "birds"))
            .between(100, 100)
            .withSearch(new Search("fox QUICK"));

    assertThat(all.matches(NOTE)).isTrue();
    assertThat(all.withKinds(Set.of(7)).matches(NOTE)).isFalse();
    assertThat(all.between(101, 200).matches(NOTE)).isFalse();
    assertThat(all.between(0, 99).matches(NOTE)).isFalse();
    assertThat(all.withTag('t', Set.of("fish")).matches(NOTE)).isFalse();
    assertThat(all.withTag('e', Set.of(HEX)).matches(NOTE)).isFalse();
    assertThat(all.withSearch(new Search("fox slow")).matches(NOTE)).isFalse();
  }

  @Test
  void timesBefore1970AreBeforeEveryEvent() {
    assertThat(parsed("{\"since\":-1}").matches(NOTE)).isTrue();
    assertThat(parsed("{\"until\":-1}").matches(NOTE)).isFalse();
    assertThat(parsed("{\"until\":-1,\"since\":-5}").matches(NOTE)).isFalse();
  }

  @Test
  void onlyTheFirstValueOfATagCounts() {
    assertThat(Filter.ANY.withTag('t', Set.of("cats")).matches(NOTE)).isTrue();
    assertThat(Filter.ANY.withTag('t', Set.of("dogs")).matches(NOTE)).isFalse();
    assertThat(Filter.ANY.withTag('x', Set.of("")).matches(NOTE)).isFalse();
  }

  @Test
  void andTagsWantEveryValue() {
    assertThat(Filter.ANY.withAllTags('t', Set.of("cats", "birds")).matches(NOTE)).isTrue();
    assertThat(Filter.ANY.withAllTags('t', Set.of("cats", "fish")).matches(NOTE)).isFalse();
    assertThat(Filter.ANY.withAllTags('t', Set.of()).matches(NOTE)).isTrue();
  }

  @Test
  void anEmptyListMatchesNothing() {
    assertThat(parsed("{\"ids\":[]}").matches(NOTE)).isFalse();
    assertThat(parsed("{\"kinds\":[]}").matches(NOTE)).isFalse();
    assertThat(parsed("{\"#t\":[]}").matches(NOTE)).isFalse();
    assertThat(parsed("{}").matches(NOTE)).isTrue();
  }

  @Test
  void whatIsReadIsWrittenAgain() {
    String json =
        "{\"ids\":[\"%s\"],\"authors\":[\"%s\"],\"kinds\":[1,2],\"#t\":[\"a\\\"\"],\"#p\":[\"%s\"],\"&t\":[\"b\"],\"since\":1,\"until\":2,\"search\":\"x y\",\"limit\":0}"
            .formatted(HEX, HEX, HEX);

    assertThat(parsed(json).json()).isEqualTo(json);
    assertThat(parsed("{}")).isEqualTo(Filter.ANY);
    assertThat(parsed("{\"limit\":99999999999}").limit()).isLessThan(Filter.NO_LIMIT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"ids\":[\"abc\"]}",
        "{\"ids\":[\"ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB\"]}",
        "{\"authors\":\"x\"}",
        "{\"kinds\":[1.5]}",
        "{\"kinds\":[65536]}",
        "{\"#e\":[\"abc\"]}",
        "{\"&p\":[\"abc\"]}",
        "{\"#tt\":[\"abc\"]}",
        "{\"#1\":[\"abc\"]}",
        "{\"#t\":[1]}",
        "{\"since\":- 1}",
        "{\"since\":1.0}",
        "{\"limit\":-1}",
        "{\"limit\":\"1\"}",
        "{\"search\":1}",
        "{\"colour\":\"red\"}",
        "{\"kinds\":[1],\"kinds\":[2]}",
      })
  void refusesAFilterThatIsNone(String json) {
    assertThat(Filter.parse(json.getBytes(StandardCharsets.UTF_8), FilterLimits.USUAL))
        .isInstanceOf(Parsed.Malformed.class);
  }

  @Test
  void refusesMoreThanTheLimits() {
    byte[] json =
        "{\"kinds\":[1,2],\"#t\":[\"a\"],\"search\":\"abc\"}".getBytes(StandardCharsets.UTF_8);

    assertThat(Filter.parse(json, new FilterLimits(1, 3, 3))).isInstanceOf(Parsed.Value.class);
    assertThat(Filter.parse(json, new FilterLimits(1, 2, 3))).isInstanceOf(Parsed.Malformed.class);
    assertThat(Filter.parse(json, new FilterLimits(1, 3, 2))).isInstanceOf(Parsed.Malformed.class);
  }

  @Test
  void aSearchFindsWordsInAnyScriptAndReadsOverExtensions() {
    assertThat(new Search("include:spam language:de ΚΑΛΗΜΕΡΑ").words()).containsExactly("καλημερα");
    assertThat(finds("καλημερα", "Ἀλλὰ: ΚΑΛΗΜΕΡΑ!")).isTrue();
    assertThat(finds("ﬁne", "a fine day")).isTrue();
    assertThat(finds("qui", "the quick")).isFalse();
    assertThat(finds("domain:x.example", "anything")).isTrue();
    assertThat(new Search("https://x.example").words()).containsExactly("https", "x", "example");
  }

  @Test
  void aSearchThatAsksForNoWordFindsNothingAndOneThatAsksForNothingFindsAll() {
    assertThat(finds("!!! …", "hello !!! …")).isFalse();
    assertThat(new Search("!!!").isHopeless()).isTrue();
    assertThat(finds(" ", "hello")).isTrue();
    assertThat(finds("", "hello")).isTrue();
  }

  @Test
  void wordsAreFoundInEveryScriptWhateverTheCase() {
    assertThat(Search.words("नमस्ते दुनिया")).containsExactly("नमस्ते", "दुनिया");
    assertThat(finds("ΟΔΟΣ", "η οδός, Οδος")).isTrue();
    assertThat(finds("οδοσ", "οδος")).isTrue();
    assertThat(Search.words("日本語ラーメン abc語x"))
        .containsExactly("日", "本", "語", "ラ", "ー", "メ", "ン", "abc", "語", "x");
    assertThat(finds("東京", "今日は東京に行く")).isTrue();
    assertThat(finds("京都", "今日は東京に行く")).isFalse();
  }

  @Test
  void marksWithoutEndAreReadOver() {
    String marks = "a" + "\u0301".repeat(32_700) + "\u0316".repeat(32_700);

    assertThat(Search.words("x " + marks + "b y")).hasSize(3).allMatch(word -> word.length() < 64);
    assertThat(Search.words("a" + ("\u0301".repeat(29) + "\uff9e").repeat(2_000))).hasSize(1);
    assertThat(Search.words("ｶﾞ")).containsExactly("ガ");
    assertThat(finds("e\u0301te\u0301", "ÉTÉ")).isTrue();
  }

  @Test
  void aValueThatAllTagsDemandIsNoneOfTheOthers() {
    Filter both = parsed("{\"#t\":[\"cats\",\"fish\"],\"&t\":[\"cats\"]}");
    Filter only = parsed("{\"&t\":[\"cats\"],\"#t\":[\"cats\"]}");

    assertThat(both.tags()).isEqualTo(Map.of('t', Set.of("fish")));
    assertThat(both.matches(NOTE)).isFalse();
    assertThat(only.tags()).isEmpty();
    assertThat(only.matches(NOTE)).isTrue();
    assertThat(parsed("{\"&t\":[\"cats\"],\"#t\":[]}").matches(NOTE)).isFalse();
  }

  @Test
  void anEmptyListOfAllTagsDemandsNothing() {
    assertThat(parsed("{\"&t\":[]}").matches(NOTE)).isTrue();
    assertThat(parsed("{\"&t\":[],\"#t\":[\"fish\"]}").matches(NOTE)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 6, 13, 16, 1_059, 21_059})
  void whatIsNoTextForPeopleHasNoWords(int kind) {
    assertThat(finds("fox", kind, "The quick brown Fox")).isFalse();
    assertThat(finds("", kind, "The quick brown Fox")).isTrue();
  }

  @Test
  void anEventIsFoundByItsFirstWordsAndByLongOnes() {
    StringBuilder content = new StringBuilder();
    for (int number = 0; number <= Search.WORDS_MAX; number++) {
      content.append("word").append(number).append(' ');
    }
    String longest = "l".repeat(Search.WORD_CHARS_MAX);
    content.append(longest).append(' ').append(longest).append('l');

    assertThat(finds("word0 word499", content.toString())).isTrue();
    assertThat(finds("word500", content.toString())).isFalse();
    assertThat(finds(longest, content.toString())).isFalse();
    assertThat(finds(longest + "l", content.toString())).isTrue();
  }

  private static boolean finds(String search, String content) {
    return finds(search, 1, content);
  }

  private static boolean finds(String search, int kind, String content) {
    Event event = new UnsignedEvent(KEY.publicKey(), 100, kind, List.of(), content).sign(KEY);
    return Filter.ANY.withSearch(new Search(search)).matches(event);
  }

  private static Filter parsed(String json) {
    return Filter.parse(json.getBytes(StandardCharsets.UTF_8), FilterLimits.USUAL).orThrow();
  }
}
