package dev.anabranch.client.session;

/// How much a device holds, sends and waits.
///
/// @param pendingMax the most pending writes; one more is refused to the user
/// @param pushWritesMax the most writes of one push; at most 1,000
/// @param pushBytesMax about the most bytes of one push; must fit the server's frame
/// @param pushesMax the most pushes of a scope that have no answer yet, 1–24
/// @param backoffFirstMillis the wait before the first new attempt, before jitter
/// @param backoffMaxMillis the longest wait between attempts
/// @param pingAfterMillis silence after which the server is asked whether it is there
/// @param deadAfterMillis silence after which the link is given up
public record SessionLimits(
    int pendingMax,
    int pushWritesMax,
    int pushBytesMax,
    int pushesMax,
    long backoffFirstMillis,
    long backoffMaxMillis,
    long pingAfterMillis,
    long deadAfterMillis) {

  /// 100,000 pending writes; pushes of 500 writes or 256 KiB, four at a time in each scope;
  /// back-off from 250 ms to 30 s; a ping after 20 s of silence and a new link after 45 s.
  public static final SessionLimits DEFAULT =
      new SessionLimits(100_000, 500, 256 * 1024, 4, 250, 30_000, 20_000, 45_000);

  public SessionLimits {
    if (pendingMax < 1 || pushWritesMax < 1 || pushWritesMax > 1000 || pushBytesMax < 1) {
      throw new IllegalArgumentException(
          "pending " + pendingMax + ", push " + pushWritesMax + " writes, " + pushBytesMax);
    }
    if (pushesMax < 1 || pushesMax > Pushes.FEW_UNDER_WAY) {
      throw new IllegalArgumentException(pushesMax + " pushes at a time");
    }
    if (backoffFirstMillis < 1 || backoffMaxMillis < backoffFirstMillis) {
      throw new IllegalArgumentException(
          "back-off from " + backoffFirstMillis + " to " + backoffMaxMillis);
    }
    if (pingAfterMillis < 1 || deadAfterMillis <= pingAfterMillis) {
      throw new IllegalArgumentException(
          "ping after " + pingAfterMillis + ", dead after " + deadAfterMillis);
    }
  }
}
