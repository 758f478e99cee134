package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.Utf8;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.model.Model;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a model allows an entity to be, whoever writes it.
final class Fit {

  private Fit() {}

  /// Why a write alone is more than its model takes.
  static Optional<Fault> refuses(Model model, Write write) {
    return tooLarge(model, write.data(), write.body());
  }

  /// Why an entity must not become what a change would make of it.
  static Optional<Fault> refuses(Model model, Entity after) {
    if (after.deleted()) {
      return Optional.empty();
    }
    Optional<Fault> tooLarge = tooLarge(model, after.data(), after.body());
    return tooLarge.isPresent()
        ? tooLarge
        : model.schema().violation(after.data()).map(what -> new Fault(FaultCode.SCHEMA, what));
  }

  /// Why an entity must not be made under its id. What was made under such an id before it was
  /// refused can still be changed and deleted.
  static Optional<Fault> refusesName(Action action, EntityId id, @Nullable Entity current) {
    boolean makes = (current == null || current.deleted()) && action != Action.DELETE;
    return makes && id.isStepInUrl()
        ? Optional.of(
            new Fault(
                FaultCode.INVALID,
                "the id "
                    + id
                    + " is a step in a URL's path, which clients take out of it; choose another"))
        : Optional.empty();
  }

  private static Optional<Fault> tooLarge(
      Model model, @Nullable JsonObject data, @Nullable Bytes body) {
    int bytes =
        Math.max(
            data == null ? 0 : Utf8.lengthAbove(model.bytesMax(), data.text()),
            body == null ? 0 : body.size());
    return bytes <= model.bytesMax()
        ? Optional.empty()
        : Optional.of(
            new Fault(
                FaultCode.TOO_LARGE,
                "a "
                    + model.name()
                    + " of "
                    + bytes
                    + " bytes is larger than the "
                    + model.bytesMax()
                    + " that are allowed"));
  }
}
