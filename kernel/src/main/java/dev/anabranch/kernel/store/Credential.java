package dev.anabranch.kernel.store;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.PrincipalId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Something by which a principal proves who it is.
///
/// @param kind `token` today; later protocols add kinds of key
/// @param publicId names it among its kind: a token's id, a public key in hex
/// @param principal whose it is
/// @param secretHash SHA-256 of a token's secret; null for a public key
/// @param authority what it lets its principal do at most
/// @param label what its owner calls it; may be empty
/// @param createdAt milliseconds since 1970
/// @param expiresAt milliseconds since 1970; null = never
/// @param revokedAt milliseconds since 1970; null = it counts
public record Credential(
    String kind,
    String publicId,
    PrincipalId principal,
    @Nullable Bytes secretHash,
    Authority authority,
    String label,
    long createdAt,
    @Nullable Long expiresAt,
    @Nullable Long revokedAt) {

  /// The kind of an API token.
  public static final String TOKEN = "token";

  /// The kind of a Nostr key; its public id is the key in lower-case hex. A key without a
  /// credential is the principal of that name by itself.
  public static final String NOSTR = "nostr";

  public Credential {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(publicId, "publicId");
    Objects.requireNonNull(principal, "principal");
    Objects.requireNonNull(authority, "authority");
    Objects.requireNonNull(label, "label");
  }

  /// This credential, naming another principal and counting from a moment on.
  public Credential movedTo(PrincipalId other, long atMillis) {
    return new Credential(
        kind, publicId, other, secretHash, authority, label, atMillis, expiresAt, null);
  }

  /// Whether it counts at a moment.
  public boolean countsAt(long millis) {
    return revokedAt == null && (expiresAt == null || millis < expiresAt);
  }
}
