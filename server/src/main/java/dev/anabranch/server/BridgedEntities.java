package dev.anabranch.server;

import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.rule.DocumentRule;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import dev.anabranch.protocol.nostr.server.ModerationBook;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Which entities are shown on Nostr besides chats, messages, settings and training data: all of
/// some scopes but for grants, the relay's own decisions, and documents, whose content is bytes and
/// changes with every key that is pressed.
///
/// @param scopes those whose entities are shown
/// @param models says what is a document
record BridgedEntities(List<ScopePattern> scopes, Models models) implements Predicate<EntityKey> {

  private static final Set<ModelName> NEVER =
      Set.of(ModelName.GRANT, ModerationBook.MODERATION, DocumentAddress.SNAPSHOT);

  @Override
  public boolean test(EntityKey entity) {
    return scopes.stream().anyMatch(some -> some.matches(entity.scope()))
        && !NEVER.contains(entity.model())
        && !(models.of(entity.model()).rule() instanceof DocumentRule);
  }
}
