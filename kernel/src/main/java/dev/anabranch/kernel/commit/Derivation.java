package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.Search;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What else a change says, in the words of other models: further writes that are committed with it
/// or not at all (K3). A signed event that is a chat's message *is* both, and is one commit.
///
/// Pure. Only a change that is new derives something: a retry finds the first answer and nothing is
/// derived again (K2). A derived write goes the way of every other one – rights of its own caller,
/// limits, schema, consent, rule – and when it is not applied, nor is the change that it belongs
/// to. What is derived may derive further.
public interface Derivation {

  /// Nothing says anything else.
  Derivation NONE =
      new Derivation() {
        @Override
        public List<Derived> prospects(Caller caller, Write write, Originals originals) {
          return List.of();
        }

        @Override
        public List<Derived> of(Caller caller, Change change, Entity after, State now) {
          return List.of();
        }
      };

  /// The most originals that one search answers with ([Originals]).
  int ORIGINALS_MAX = 200;

  /// Signed originals that can be found ([dev.anabranch.kernel.mark.Marked]), as they were before
  /// the batch.
  @FunctionalInterface
  interface Originals {

    /// There are none.
    Originals NONE = search -> List.of();

    /// What a search means, and perhaps some that it does not; the newest [#ORIGINALS_MAX] of it at
    /// most.
    ///
    /// @throws dev.anabranch.kernel.store.StoreFailure when they cannot be had
    List<Found> find(Search search);

    /// Says what will be searched for, so that it can be looked for together; only a saving.
    ///
    /// @throws dev.anabranch.kernel.store.StoreFailure when it cannot be had
    default void expect(List<Search> searches) {}
  }

  /// What there is when something is derived.
  interface State {

    /// An entity of the prospects as it stands; null = it never existed.
    @Nullable Entity entity(EntityKey key);

    /// Whether the key of one of the prospects was used before.
    boolean isKnown(Derived prospect);

    /// The same originals that the prospects were asked with.
    Originals originals();
  }

  /// A further write, and in whose name.
  record Derived(Caller caller, Write write) {
    public Derived {
      Objects.requireNonNull(caller, "caller");
      Objects.requireNonNull(write, "write");
    }
  }

  /// What [#of] may write should this write become a change, whatever the state is then: callers,
  /// keys, entities and whatever a model's consent looks at are right, the rest of what the writes
  /// say need not be. Asked before the transaction, so that the store can load what they need.
  ///
  /// @param originals as of before the batch; a search costs the writer's thread a read
  List<Derived> prospects(Caller caller, Write write, Originals originals);

  /// What else a new change says; some of the [#prospects] of its write.
  ///
  /// @param caller who made the change
  /// @param after the entity after it
  /// @param now what there is
  List<Derived> of(Caller caller, Change change, Entity after, State now);
}
