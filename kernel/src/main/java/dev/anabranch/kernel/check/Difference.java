package dev.anabranch.kernel.check;

import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One place where a store does not say what its log says.
///
/// @param scope where; null = below a floor, where only originals are left
/// @param seq the change it was noticed at; 0 = at none in particular
/// @param entity what differs; null = the scope's order itself
/// @param detail what was expected and what was found
public record Difference(
    @Nullable ScopeName scope, long seq, @Nullable EntityKey entity, String detail) {

  public Difference {
    Objects.requireNonNull(detail, "detail");
  }

  @Override
  public String toString() {
    return scope == null
        ? detail
        : scope
            + (seq == 0 ? "" : " at seq " + seq)
            + (entity == null ? "" : ", " + entity.model() + " " + entity.id())
            + ": "
            + detail;
  }
}
