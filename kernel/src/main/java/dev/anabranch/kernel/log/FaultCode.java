package dev.anabranch.kernel.log;

import java.util.Locale;

/// The kernel's error vocabulary; each gateway says it in its own words. `docs/errors.md` is the
/// catalogue.
public enum FaultCode {
  /// A field, name or value has the wrong shape.
  INVALID(true),
  /// The data breaks the model's JSON Schema.
  SCHEMA(true),
  /// The data or body is larger than its model allows.
  TOO_LARGE(true),
  /// The write sets a field that only the server writes.
  SERVER_OWNED(false),
  /// The entity to update or delete does not exist.
  ABSENT(true),
  /// The model's rule keeps every entity as it was written.
  APPEND_ONLY(true),
  /// A newer state is already there (rule `newest`).
  SUPERSEDED(true),
  /// The action does not fit the model's rule.
  UNSUITABLE(true),
  /// The entity has too many unsettled versions (rule `causal`).
  UNSETTLED(true),
  /// The model's rule or schema broke on this write: a bug of the server's, which keeps nothing
  /// else from being written.
  RULE_FAILED(true),
  /// The key was used before for another write.
  KEY_REUSED(false),
  /// The device's count is not the next one.
  DEVICE_GAP(false),
  /// The device belongs to another principal.
  DEVICE_TAKEN(false),
  /// Another write of the same atomic call was not applied.
  BATCH_ABORTED(false),
  /// No valid credential.
  UNAUTHENTICATED(false),
  /// The principal lacks the right.
  FORBIDDEN(false),
  /// Too many requests; try later.
  RATE_LIMITED(false),
  /// A principal's quota is used up.
  QUOTA(false),
  /// The server cannot do it now; try later.
  UNAVAILABLE(false);

  private final boolean remembered;

  FaultCode(boolean remembered) {
    this.remembered = remembered;
  }

  /// Whether a refusal with this code uses up the write's key (K2); the others leave it free for a
  /// retry.
  public boolean isRemembered() {
    return remembered;
  }

  /// The lower-case word on the wire.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
