package dev.anabranch.nostr.filter;

/// How much filters may hold before they are refused.
///
/// @param filtersMax filters of one request
/// @param valuesMax ids, authors, kinds and tag values of one filter together
/// @param searchCharactersMax of a search
public record FilterLimits(int filtersMax, int valuesMax, int searchCharactersMax) {

  /// What the relay accepts unless it is configured otherwise.
  public static final FilterLimits USUAL = new FilterLimits(20, 5_000, 256);

  public FilterLimits {
    if (filtersMax < 1 || valuesMax < 1 || searchCharactersMax < 1) {
      throw new IllegalArgumentException(filtersMax + " filters of " + valuesMax + " values");
    }
  }
}
