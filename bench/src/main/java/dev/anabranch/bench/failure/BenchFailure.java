package dev.anabranch.bench.failure;

/// Something the bench needs broke: a process died, a socket closed, an answer never came.
///
/// Thrown anywhere in the bench and caught once, by the command, which prints it in the place of
/// the row's figures.
public final class BenchFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Says what broke.
  public BenchFailure(String message) {
    super(message);
  }

  /// Says what broke and what broke it.
  public BenchFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
