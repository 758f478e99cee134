package dev.anabranch.server.configuration;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds what somebody probably meant.
final class Nearest {

  private Nearest() {}

  /// The known word that takes the fewest edits, when that is few enough to be a slip.
  static Optional<String> to(String written, Collection<String> known) {
    int editsMax = Math.max(2, written.length() / 2);
    return known.stream()
        .filter(word -> edits(written, word) <= editsMax)
        .min(Comparator.comparingInt(word -> edits(written, word)));
  }

  /// The Levenshtein distance.
  private static int edits(String from, String to) {
    int[] above = new int[to.length() + 1];
    for (int column = 0; column < above.length; column++) {
      above[column] = column;
    }
    for (int row = 1; row <= from.length(); row++) {
      int[] line = new int[to.length() + 1];
      line[0] = row;
      for (int column = 1; column < line.length; column++) {
        int swap = from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1;
        line[column] =
            Math.min(Math.min(line[column - 1], above[column]) + 1, above[column - 1] + swap);
      }
      above = line;
    }
    return above[to.length()];
  }
}
