package dev.anabranch.client;

/// Waits that end when what is waited for is there, and not when the thread is interrupted: what a
/// caller asks for must not be lost without a word because somebody wants its thread to stop. The
/// thread stays interrupted.
public final class Uninterrupted {

  private Uninterrupted() {}

  /// A wait.
  @FunctionalInterface
  public interface Wait {
    /// Waits; may be called again after it was interrupted.
    void run() throws InterruptedException;
  }

  /// Waits to the end.
  public static void run(Wait wait) {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          wait.run();
          return;
        } catch (InterruptedException later) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
