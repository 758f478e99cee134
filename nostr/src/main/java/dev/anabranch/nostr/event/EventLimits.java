package dev.anabranch.nostr.event;

/// How much an event may hold before it is refused. NIP-11 tells clients.
///
/// @param bytesMax of its JSON
/// @param tagsMax tags
/// @param tagValuesMax elements of one tag, its name included
/// @param contentCharactersMax Unicode characters of its content
public record EventLimits(int bytesMax, int tagsMax, int tagValuesMax, int contentCharactersMax) {

  /// What the relay accepts unless it is configured otherwise.
  public static final EventLimits USUAL = new EventLimits(128 * 1024, 2_500, 100, 65_536);

  /// For events that we stored ourselves.
  public static final EventLimits NONE =
      new EventLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

  public EventLimits {
    if (bytesMax < 1 || tagsMax < 0 || tagValuesMax < 1 || contentCharactersMax < 0) {
      throw new IllegalArgumentException(
          bytesMax + " bytes, " + tagsMax + " tags of " + tagValuesMax);
    }
  }
}
