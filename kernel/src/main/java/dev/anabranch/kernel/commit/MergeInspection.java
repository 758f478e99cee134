package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.store.Effects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What stands against an update of a document besides its rule: a document's size, say, which the
/// sequencer does not know, for it keeps documents without their state (decision 0040).
///
/// Asked inside the commit, whatever gateway the update came through, and told what became durable;
/// both on the writer's thread, one batch after the other. It may only refuse: what is accepted
/// depends on nothing else than the log.
public interface MergeInspection {

  /// Nothing stands against any update.
  MergeInspection NONE = (caller, merge, current) -> Optional.empty();

  /// Why an update that its rule accepts is refused; empty when it is not. It may look into the
  /// store, but not for each update.
  ///
  /// @param current the document before it; null = it never was
  Optional<Fault> refuses(Caller caller, Write merge, @Nullable Entity current);

  /// A batch is on disk; what was asked since the batch before was for this one, or came to
  /// nothing.
  default void durable(Effects effects) {}
}
