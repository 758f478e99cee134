package dev.anabranch.nostr.filter;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/// Words that somebody looks for (NIP-50).
///
/// A word is a run of letters and digits, compared after compatibility normalisation (NFKC) and in
/// lower case. An event is found when its content has every word. Every store and the live matcher
/// use these words, so all give the same answer. Extensions (`key:value`) are read over.
///
/// @param text as the client wrote it
public record Search(String text) {

  public Search {
    Objects.requireNonNull(text, "text");
  }

  /// The words that must all be there, each once; none matches everything.
  public Set<String> words() {
    Set<String> words = new LinkedHashSet<>();
    for (String part : text.split("\\s+")) {
      if (!isExtension(part)) {
        words.addAll(words(part));
      }
    }
    return words;
  }

  private static boolean isExtension(String part) {
    int colon = part.indexOf(':');
    return colon > 0
        && colon < part.length() - 1
        && part.chars().limit(colon).allMatch(Character::isLetter)
        && !part.startsWith("//", colon + 1);
  }

  /// The words of a text in its order, each as often as it stands.
  public static List<String> words(String text) {
    String plain = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    List<String> words = new ArrayList<>();
    int start = -1;
    for (int index = 0; index < plain.length(); ) {
      int sign = plain.codePointAt(index);
      if (isOfWord(sign)) {
        start = start < 0 ? index : start;
      } else if (start >= 0) {
        words.add(plain.substring(start, index));
        start = -1;
      }
      index += Character.charCount(sign);
    }
    if (start >= 0) {
      words.add(plain.substring(start));
    }
    return words;
  }

  private static boolean isOfWord(int sign) {
    return Character.isLetterOrDigit(sign) || Character.getType(sign) == Character.NON_SPACING_MARK;
  }

  /// Whether a content has every word.
  public boolean matches(String content) {
    Set<String> wanted = words();
    return wanted.isEmpty() || Set.copyOf(words(content)).containsAll(wanted);
  }
}
