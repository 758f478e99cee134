package dev.anabranch.nostr.text;

import java.util.Objects;

/// Leaves a parser with a sentence; caught at the parser's door and never seen outside.
public final class MalformedText extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedText(String detail) {
    super(Objects.requireNonNull(detail), null, false, false);
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
