package dev.anabranch.cli.terminal;

import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import org.jspecify.annotations.Nullable;

/// Ends a command with a sentence on standard error and an exit status; where `--json` was said,
/// with an object on standard output too ([#told]).
public final class CommandFailure extends RuntimeException {

  /// The answer is no.
  public static final int NO = 1;

  /// The command or the configuration cannot be used.
  public static final int MISUSED = 2;

  /// The server or the database cannot be had.
  public static final int UNREACHABLE = 3;

  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final transient JsonObject answer;

  /// A sentence and an exit status.
  public CommandFailure(int exitCode, String message) {
    this(exitCode, message, JsonObject.EMPTY);
  }

  /// A sentence, an exit status and what the machine said.
  public CommandFailure(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.answer = JsonObject.EMPTY;
  }

  /// A sentence, an exit status and what a server had said.
  public CommandFailure(int exitCode, String message, JsonObject answer) {
    super(message);
    this.exitCode = exitCode;
    this.answer = answer;
  }

  /// The exit status.
  public int exitCode() {
    return exitCode;
  }

  /// What a server had said, such as the entity as it stands on a conflict; empty when none was
  /// asked.
  public JsonObject answer() {
    return answer;
  }

  /// A failure for a machine: what the server said, as it said it, with a code and a sentence where
  /// it said none, and the exit status.
  public static JsonObject told(int exitCode, String sentence, JsonObject answer) {
    JsonObject told = answer;
    if (told.string("code").isEmpty()) {
      told = told.with("code", code(exitCode));
    }
    if (told.string("detail").isEmpty()) {
      told = told.with("detail", sentence);
    }
    return told.with("exit", JsonNumber.of(exitCode));
  }

  private static String code(int exitCode) {
    return switch (exitCode) {
      case MISUSED -> "misused";
      case UNREACHABLE -> "unreachable";
      default -> "failed";
    };
  }
}
