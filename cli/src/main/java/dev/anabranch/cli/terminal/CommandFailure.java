package dev.anabranch.cli.terminal;

import org.jspecify.annotations.Nullable;

/// Ends a command with a sentence on standard error and an exit status.
public final class CommandFailure extends RuntimeException {

  /// The answer is no.
  public static final int NO = 1;

  /// The command or the configuration cannot be used.
  public static final int MISUSED = 2;

  /// The server or the database cannot be had.
  public static final int UNREACHABLE = 3;

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /// A sentence and an exit status.
  public CommandFailure(int exitCode, String message) {
    this(exitCode, message, null);
  }

  /// A sentence, an exit status and what the machine said.
  public CommandFailure(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /// The exit status.
  public int exitCode() {
    return exitCode;
  }
}
