package dev.anabranch.kernel.store;

/// How much there is of a document; its state takes no more than all of it.
///
/// @param foldedBytes bytes of its folded state; 0 = it has none
/// @param updates updates behind it
/// @param updateBytes their bytes
public record DocumentWeight(long foldedBytes, int updates, long updateBytes) {

  /// A document that says nothing.
  public static final DocumentWeight NOTHING = new DocumentWeight(0, 0, 0);
}
