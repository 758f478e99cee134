package dev.anabranch.link;

import org.jspecify.annotations.Nullable;

/// A connection could not be made or kept.
public final class LinkFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  private LinkFailure(String message, int status, @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /// The network said no, or nothing.
  public static LinkFailure unreachable(String what, @Nullable Throwable cause) {
    return new LinkFailure(what, 0, cause);
  }

  /// The server answered a handshake with something other than 101.
  public static LinkFailure refused(int status, String detail) {
    return new LinkFailure(
        "refused with " + status + (detail.isEmpty() ? "" : ": " + detail), status, null);
  }

  /// The HTTP status the server refused with; 0 when it did not answer.
  public int status() {
    return status;
  }
}
