package dev.anabranch.protocol.document.wire;

import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import java.util.List;
import java.util.Optional;

/// Which document is meant: a scope, and a name in it that may hold slashes.
public final class DocumentAddress {

  /// The model of every document.
  public static final ModelName MODEL = new ModelName("document");

  /// The model of named snapshots: an entity's id is the document's name, a slash, the snapshot's.
  public static final ModelName SNAPSHOT = new ModelName("document_snapshot");

  private DocumentAddress() {}

  /// The document of `scope/name`, as Hocuspocus writes it.
  public static Optional<EntityKey> parse(String address) {
    int slash = address.indexOf('/');
    return slash < 0
        ? Optional.empty()
        : of(address.substring(0, slash), address.substring(slash + 1));
  }

  /// The document of a path's segments: the scope, then the name.
  public static Optional<EntityKey> of(List<String> segments) {
    return segments.size() < 2
        ? Optional.empty()
        : of(segments.getFirst(), String.join("/", segments.subList(1, segments.size())));
  }

  private static Optional<EntityKey> of(String scope, String name) {
    return ScopeName.parse(scope)
        .flatMap(known -> EntityId.parse(name).map(id -> new EntityKey(known, MODEL, id)));
  }
}
