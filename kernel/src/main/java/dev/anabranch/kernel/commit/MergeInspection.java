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
/// both on the writer's thread, one batch after the other. What it said yes to may still come to
/// nothing, alone or with its call or batch, and be asked again: only what is durable counts. It
/// may only refuse: what is accepted depends on nothing else than the log.
public interface MergeInspection {

  /// Nothing stands against any update.
  MergeInspection NONE = (caller, merge, current) -> Optional.empty();

  /// A batch is decided from here on, perhaps for the second time: what was asked before and did
  /// not become durable came to nothing.
  default void begins() {}

  /// Why an update that its rule accepts is refused; empty when it is not. It may look into the
  /// store, but not for each update.
  ///
  /// @param current the document before it; null = it never was
  Optional<Fault> refuses(Caller caller, Write merge, @Nullable Entity current);

  /// The batch that was decided last is on disk; what was asked for it and is not in there came to
  /// nothing.
  default void durable(Effects effects) {}
}
