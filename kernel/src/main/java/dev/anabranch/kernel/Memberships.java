package dev.anabranch.kernel;

import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.Membership;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// In which scopes somebody has a grant: what a new device of a principal begins with.
public interface Memberships {

  /// Scopes in which one of a caller's names was given a right that still holds, by name.
  ///
  /// @param after continue behind this scope; null = from the first
  CompletionStage<List<Membership>> scopesOf(
      Caller caller, @Nullable ScopeName after, int countMax);

  /// Tells of every scope in which one of a caller's names is given or loses a right from now on.
  ///
  /// @param told called on a thread of the kernel's own; be quick
  /// @return ends the telling
  Runnable watch(Caller caller, Consumer<ScopeName> told);
}
