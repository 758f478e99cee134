package dev.anabranch.nostr.text;

import java.util.Objects;

/// Leaves a parser with a sentence; caught at the parser's door and never seen outside.
public final class MalformedText extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean isUnsupported;

  public MalformedText(String detail) {
    this(detail, false);
  }

  private MalformedText(String detail, boolean isUnsupported) {
    super(Objects.requireNonNull(detail), null, false, false);
    this.isUnsupported = isUnsupported;
  }

  /// For a text that may be well formed and asks for what we do not do.
  public static MalformedText unsupported(String detail) {
    return new MalformedText(detail, true);
  }

  /// Whether it may be well formed and asks for what we do not do.
  public boolean isUnsupported() {
    return isUnsupported;
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
