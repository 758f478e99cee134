package dev.anabranch.kernel.rule;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.Write;
import org.jspecify.annotations.Nullable;

/// How concurrent writes to one entity settle.
///
/// A rule is two pure functions. [#judge] decides over a write, once, in the commit. [#fold] lays
/// an accepted change over an entity: the sequencer, `anabranch check`, restores and replicas all
/// use the same one, so that state = fold of the log (K4) holds by construction.
public sealed interface MergeRule
    permits AppendRule, CausalRule, DocumentRule, GreatestRule, NewestRule, VersionedRule {

  /// The rule's name in `models.toml`.
  String word();

  /// The name, and whatever else decides what the state is: two rules that are spelled alike fold a
  /// log alike.
  default String spelled() {
    return word();
  }

  /// Decides over a write to an entity as it stands.
  ///
  /// @param current the entity; null = it never existed
  Verdict judge(@Nullable Entity current, Write write, Stamp stamp);

  /// The entity after an accepted change.
  Entity fold(@Nullable Entity current, Change change);

  /// The entity after an accepted change as the sequencer keeps it: the fold, unless the rule
  /// leaves the state in the log ([DocumentRule]).
  default Entity advance(@Nullable Entity current, Change change) {
    return fold(current, change);
  }

  /// Whether the store may show an entity where the fold says another.
  default boolean isSame(Entity folded, Entity found) {
    return folded.equals(found);
  }
}
