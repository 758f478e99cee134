package dev.anabranch.transport;

/// Something on a loop that has deadlines: a connection before and between requests, a stream, a
/// link.
interface Watched {
  /// Looks at the clock; called on the loop, a few times for each deadline.
  void watch(long nowNanos);

  /// Finishes what it is doing and ends.
  void drain();

  /// Ends at once.
  void cut();

  /// The server or dialer it belongs to.
  Object owner();
}
