package dev.anabranch.nostr.filter;

import dev.anabranch.nostr.event.Event;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Words that somebody looks for (NIP-50).
///
/// A word is a run of letters, marks and digits, compared after compatibility normalisation (NFKC)
/// and whatever the case; an ideograph or a kana is a word of its own, as no blanks part them. An
/// event is found when its content has every word. Every store and the live matcher use the words
/// of [#words(Event)], so all give the same answer. Extensions (`key:value`) are read over.
public final class Search {

  /// Marks in a row; those behind are read over, as sorting them takes the square of their number
  /// (UAX #15, Stream-Safe Text Format).
  private static final int MARKS_MAX = 30;

  /// The most different words of one event by which it is found.
  public static final int WORDS_MAX = 500;

  /// The longest word that counts as one of them, in UTF-16 units; by longer ones an event is found
  /// besides.
  public static final int WORD_CHARS_MAX = 64;

  /// Ciphertext (NIP-04, NIP-59) and what repeats an event (NIP-18).
  private static final Set<Integer> WORDLESS_KINDS = Set.of(4, 13, 1_059, 21_059, 6, 16);

  private final String text;
  private final Set<String> words;
  private final boolean isHopeless;

  /// A search.
  ///
  /// @param text as the client wrote it
  public Search(String text) {
    this.text = Objects.requireNonNull(text, "text");
    Set<String> wanted = new LinkedHashSet<>();
    boolean asks = false;
    for (String part : text.split("\\s+")) {
      if (!part.isEmpty() && !isExtension(part)) {
        asks = true;
        wanted.addAll(words(part));
      }
    }
    this.words = Collections.unmodifiableSet(wanted);
    this.isHopeless = asks && wanted.isEmpty();
  }

  private static boolean isExtension(String part) {
    int colon = part.indexOf(':');
    return colon > 0
        && colon < part.length() - 1
        && part.chars().limit(colon).allMatch(Character::isLetter)
        && !part.startsWith("//", colon + 1);
  }

  /// As the client wrote it.
  public String text() {
    return text;
  }

  /// The words that must all be there, each once.
  public Set<String> words() {
    return words;
  }

  /// Whether it asks for something in which there is no word, such as `!!!`, and so finds nothing.
  /// A search of blanks and extensions only asks for nothing and finds everything.
  public boolean isHopeless() {
    return isHopeless;
  }

  /// The words by which an event is found, each once: those of its content where that is for
  /// people, not ciphertext, and nothing that repeats an event.
  public static Set<String> words(Event event) {
    if (WORDLESS_KINDS.contains(event.kind())) {
      return Set.of();
    }
    Set<String> words = new LinkedHashSet<>();
    int left = WORDS_MAX;
    for (String word : words(event.content())) {
      boolean isLong = word.length() > WORD_CHARS_MAX;
      if ((isLong || left > 0) && words.add(word) && !isLong) {
        left--;
      }
    }
    return words;
  }

  /// The words of a text in its order, each as often as it stands.
  public static List<String> words(String text) {
    Words words = new Words();
    Normalizer.normalize(withFewMarks(text), Normalizer.Form.NFKC).codePoints().forEach(words::add);
    words.end();
    return words.found;
  }

  private static String withFewMarks(String text) {
    StringBuilder few = null;
    int marks = 0;
    int clean = 0;
    for (int index = 0; index < text.length(); ) {
      int sign = text.codePointAt(index);
      int next = index + Character.charCount(sign);
      marks = becomesMark(sign) ? marks + 1 : 0;
      if (marks > MARKS_MAX) {
        few = few == null ? new StringBuilder(text.length()) : few;
        few.append(text, clean, index);
        clean = next;
      }
      index = next;
    }
    return few == null ? text : few.append(text, clean, text.length()).toString();
  }

  /// Collects words sign by sign.
  private static final class Words {

    private final List<String> found = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean isComplete;

    private void add(int sign) {
      if (standsAlone(sign)) {
        end();
        isComplete = true;
      } else if (!isMark(sign)) {
        if (isComplete || !Character.isLetterOrDigit(sign)) {
          end();
        }
        if (!Character.isLetterOrDigit(sign)) {
          return;
        }
      }
      word.appendCodePoint(folded(sign));
    }

    private void end() {
      if (!word.isEmpty()) {
        found.add(word.toString());
        word.setLength(0);
      }
      isComplete = false;
    }
  }

  /// The same for all cases of a letter, so for σ and ς too.
  private static int folded(int sign) {
    return Character.toLowerCase(Character.toUpperCase(sign));
  }

  /// The halfwidth sound marks of kana are letters that normalisation makes marks.
  private static boolean becomesMark(int sign) {
    return isMark(sign) || sign == 0xff9e || sign == 0xff9f;
  }

  private static boolean isMark(int sign) {
    return switch (Character.getType(sign)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> false;
    };
  }

  private static boolean standsAlone(int sign) {
    if (sign < 0x3000 || !Character.isLetter(sign)) {
      return false;
    }
    Character.UnicodeScript script = Character.UnicodeScript.of(sign);
    return Character.isIdeographic(sign)
        || script == Character.UnicodeScript.HIRAGANA
        || script == Character.UnicodeScript.KATAKANA;
  }

  /// Whether an event has every word.
  boolean matches(EventWords event) {
    return words.isEmpty() ? !isHopeless : event.containsAll(words);
  }

  /// The words of one event, found when the first filter asks for them and once only.
  static final class EventWords {

    private final Event event;
    private @Nullable Set<String> words;

    EventWords(Event event) {
      this.event = event;
    }

    private boolean containsAll(Set<String> wanted) {
      Set<String> known = words;
      if (known == null) {
        known = words(event);
        words = known;
      }
      return known.containsAll(wanted);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Search search && search.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return "search for " + words;
  }
}
