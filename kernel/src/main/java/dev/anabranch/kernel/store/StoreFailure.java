package dev.anabranch.kernel.store;

import java.util.Objects;

/// The database broke or cannot be had; the message says what, where and what to do.
public class StoreFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /// What went wrong, by the remedy it needs.
  public enum Kind {
    /// Another process owns the database.
    LOCKED,
    /// The file or its content is damaged.
    CORRUPT,
    /// No room left.
    FULL,
    /// The database does not answer; it may come back.
    UNREACHABLE,
    /// All sessions for reading were in use for too long. It says nothing of the database: nothing
    /// is lost, and the same question may be answered in a moment.
    BUSY,
    /// This process lost the ownership to another one (fencing term).
    FENCED,
    /// Anything else the database said.
    BROKEN
  }

  /// A failure with its cause.
  public StoreFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind);
  }

  /// A failure that has no cause besides what the message says.
  public StoreFailure(Kind kind, String message) {
    super(message);
    this.kind = Objects.requireNonNull(kind);
  }

  /// What went wrong, by the remedy it needs.
  public Kind kind() {
    return kind;
  }
}
