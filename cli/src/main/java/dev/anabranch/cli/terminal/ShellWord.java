package dev.anabranch.cli.terminal;

import org.jspecify.annotations.Nullable;

/// Words of commands that are shown to be typed.
public final class ShellWord {

  private static final String PLAIN = "[A-Za-z0-9_@%+=:,./-]+";

  private ShellWord() {}

  /// A word as a shell reads it whole: in single quotes where it must be.
  public static String quoted(String word) {
    return word.matches(PLAIN) ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /// An option with its value, behind a blank; nothing when it was not given.
  public static String option(String name, @Nullable Object value) {
    return value == null ? "" : " " + name + " " + quoted(value.toString());
  }
}
