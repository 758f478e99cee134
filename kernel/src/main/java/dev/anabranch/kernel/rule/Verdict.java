package dev.anabranch.kernel.rule;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import org.jspecify.annotations.Nullable;

/// What a merge rule says of a write.
public sealed interface Verdict {

  /// It becomes a change with this content.
  ///
  /// @param action what the change does (an insert on a living entity becomes an update)
  /// @param data the change's data
  /// @param body the change's body
  record Accept(Action action, @Nullable JsonObject data, @Nullable Bytes body)
      implements Verdict {}

  /// The entity already says so; nothing is logged.
  record Unchanged() implements Verdict {}

  /// The writer had not seen the entity's present version (K9).
  record Conflict() implements Verdict {}

  /// The answer is no.
  ///
  /// @param fault why
  record Refuse(Fault fault) implements Verdict {}

  /// A refusal with this code and sentence.
  static Verdict refuse(FaultCode code, String detail) {
    return new Refuse(new Fault(code, detail));
  }
}
