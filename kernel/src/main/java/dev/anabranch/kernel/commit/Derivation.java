package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Write;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
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
        public List<Derived> prospects(Caller caller, Write write) {
          return List.of();
        }

        @Override
        public List<Derived> of(
            Caller caller, Change change, Entity after, Function<EntityKey, @Nullable Entity> now) {
          return List.of();
        }
      };

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
  List<Derived> prospects(Caller caller, Write write);

  /// What else a new change says; some of the [#prospects] of its write.
  ///
  /// @param caller who made the change
  /// @param after the entity after it
  /// @param now looks up entities of the prospects as they stand; null = it never existed
  List<Derived> of(
      Caller caller, Change change, Entity after, Function<EntityKey, @Nullable Entity> now);
}
