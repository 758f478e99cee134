package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.store.RefetchReason;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An HTTP answer that is a no: `application/problem+json` (RFC 9457).
///
/// @param status `status`: the HTTP status again
/// @param code `code`: a [ScopeFault]'s, or one of a later version; what programs act on
/// @param detail `detail`: a sentence for people
/// @param refetch `refetch`: why a reader must start over; null (absent) unless `code` is `refetch`
/// @param stale whether `current` is there: the entity that a conflicting write met
/// @param current `current`: that entity; null = it never lived
public record Problem(
    int status,
    String code,
    String detail,
    @Nullable RefetchReason refetch,
    boolean stale,
    @Nullable SyncRecord current) {

  public Problem {
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(detail, "detail");
  }

  /// A problem of this kind.
  public static Problem of(Refusal refusal) {
    return new Problem(
        refusal.fault().httpStatus(), refusal.fault().code(), refusal.detail(), null, false, null);
  }

  /// Start over.
  public static Problem refetch(RefetchReason reason, String detail) {
    return new Problem(
        ScopeFault.REFETCH.httpStatus(), ScopeFault.REFETCH.code(), detail, reason, false, null);
  }

  /// The write was stale.
  public static Problem conflict(@Nullable SyncRecord current, String detail) {
    return new Problem(
        ScopeFault.CONFLICT.httpStatus(), ScopeFault.CONFLICT.code(), detail, null, true, current);
  }
}
