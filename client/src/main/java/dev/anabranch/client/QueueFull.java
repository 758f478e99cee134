package dev.anabranch.client;

/// The device holds as many unconfirmed writes as it may; this one was not taken.
public final class QueueFull extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param pendingMax how many the device may hold
  public QueueFull(int pendingMax) {
    super(
        "the queue holds "
            + pendingMax
            + " writes that the server has not confirmed; go online, or allow more");
  }
}
