package dev.anabranch.transport;

/// What was settled for a link when it was opened.
///
/// @param owner the server or dialer it belongs to
/// @param limits the owner's limits
/// @param messageBytesMax the longest message from the peer
/// @param tooLargeCode what the link is closed with when a message is longer
/// @param deflate whether both sides agreed to compress
/// @param mask whether this side is the client, which masks what it sends
/// @param metrics who counts
record LinkTerms(
    Object owner,
    TransportLimits.Links limits,
    int messageBytesMax,
    int tooLargeCode,
    boolean deflate,
    boolean mask,
    TransportMetrics metrics) {
  int fragmentsMax() {
    return limits.fragmentsMax();
  }
}
