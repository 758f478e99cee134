package dev.anabranch.crdt;

import java.util.random.RandomGenerator;

/// How a document behaves.
///
/// @param clientId under which this document makes changes; fresh for every open document, never
///   stored: two documents with one id diverge silently
/// @param random where a new client id comes from when somebody else turns out to use this one
/// @param collectsGarbage whether the content of what is deleted is forgotten; snapshots can only
///   be restored from documents that keep it
/// @param cleansFormatting whether marks that have become redundant are deleted after foreign
///   changes; where an editor is attached, as in Yjs, but never on a server, which would amplify
public record DocumentOptions(
    long clientId, RandomGenerator random, boolean collectsGarbage, boolean cleansFormatting) {
  private static final long CLIENT_ID_MAX = (1L << 53) - 1;

  public DocumentOptions {
    if (clientId < 0 || clientId > CLIENT_ID_MAX) {
      throw new IllegalArgumentException("client id " + clientId + " is not within 53 bits");
    }
  }

  /// For a document that an editor works on.
  public static DocumentOptions forEditing(RandomGenerator random) {
    return new DocumentOptions(freshClientId(random), random, true, true);
  }

  /// For a document that only takes part: a server's copy.
  public static DocumentOptions forServing(RandomGenerator random) {
    return new DocumentOptions(freshClientId(random), random, true, false);
  }

  public DocumentOptions withClientId(long id) {
    return new DocumentOptions(id, random, collectsGarbage, cleansFormatting);
  }

  public DocumentOptions keepingDeleted() {
    return new DocumentOptions(clientId, random, false, cleansFormatting);
  }

  /// 32 bits, as Yjs 13 draws them.
  static long freshClientId(RandomGenerator random) {
    return random.nextInt() & 0xffff_ffffL;
  }
}
