package dev.anabranch.cli.terminal;

import org.jspecify.annotations.Nullable;

/// Which numbers an option takes.
///
/// @param least the least of them
/// @param most the most of them
public record Range(long least, long most) {

  /// From 0 on.
  public static final Range NOT_NEGATIVE = from(0);

  /// From 1 on.
  public static final Range POSITIVE = from(1);

  /// From a number on.
  public static Range from(long least) {
    return new Range(least, Long.MAX_VALUE);
  }

  /// Refuses a number that is outside.
  ///
  /// @param option such as `--limit`
  /// @param number null = the option was not given
  /// @throws CommandFailure with the range, when it is outside
  public void check(String option, @Nullable Number number) {
    if (number != null && (number.longValue() < least || number.longValue() > most)) {
      throw new CommandFailure(
          CommandFailure.MISUSED, option + " is " + words() + ", not " + number);
    }
  }

  private String words() {
    return most == Long.MAX_VALUE ? least + " or more" : least + " to " + most;
  }
}
