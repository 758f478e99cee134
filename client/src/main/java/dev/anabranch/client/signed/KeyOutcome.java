package dev.anabranch.client.signed;

import org.jspecify.annotations.Nullable;

/// What became of a change of keys.
public sealed interface KeyOutcome {

  /// It is so now; the sessions of all keys involved begin anew by themselves.
  ///
  /// @param principal whose key it is now
  record Changed(String principal) implements KeyOutcome {}

  /// The answer is no, or there was no line to ask on.
  ///
  /// @param code as in the catalogue of errors; `unavailable` without a line: ask again
  /// @param detail a sentence for people; null when there is none
  record Refused(String code, @Nullable String detail) implements KeyOutcome {}
}
