package dev.anabranch.bench.failure;

/// A program that a row would compare with is not on this machine.
///
/// The row goes on without it and prints the reason.
public final class Unavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Says which program is missing and how to get it.
  public Unavailable(String reason) {
    super(reason);
  }
}
