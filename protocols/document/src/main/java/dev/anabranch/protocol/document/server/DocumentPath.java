package dev.anabranch.protocol.document.server;

import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.link.Target;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import java.util.List;
import java.util.Optional;

/// What a request is about: a document, or something that is kept beside it.
///
/// A document's name may hold slashes; the last segments say what of it is meant. A name that ends
/// so itself is written with `%2F`.
///
/// @param document whose path it is
/// @param place what of it
/// @param snapshot the snapshot's name; empty when the place has none
record DocumentPath(EntityKey document, Place place, String snapshot) {
  private static final String SNAPSHOTS = "snapshots";

  /// What of a document is meant.
  enum Place {
    DOCUMENT,
    SNAPSHOTS,
    SNAPSHOT,
    DIFF,
    RESTORE
  }

  /// The path of a target under `/api/document`; empty when the scope is missing or a name is none.
  static Optional<DocumentPath> of(Target target) {
    List<String> names = target.segments().subList(2, target.segments().size());
    Place place = placeOf(names);
    int own =
        switch (place) {
          case DOCUMENT -> names.size();
          case SNAPSHOTS -> names.size() - 1;
          case SNAPSHOT -> names.size() - 2;
          case DIFF, RESTORE -> names.size() - 3;
        };
    String snapshot = names.size() - own < 2 ? "" : names.get(own + 1);
    return target
        .parameter("scope")
        .flatMap(ScopeName::parse)
        .flatMap(scope ->
            EntityId.parse(String.join("/", names.subList(0, own)))
                .map(id -> new EntityKey(scope, DocumentAddress.MODEL, id)))
        .map(document -> new DocumentPath(document, place, snapshot));
  }

  /// What of a document is meant by the segments behind `/api/document`.
  static Place placeOf(List<String> names) {
    int count = names.size();
    if (count > 1 && names.get(count - 1).equals(SNAPSHOTS)) {
      return Place.SNAPSHOTS;
    }
    if (count > 2 && names.get(count - 2).equals(SNAPSHOTS)) {
      return Place.SNAPSHOT;
    }
    if (count > 3 && names.get(count - 3).equals(SNAPSHOTS)) {
      return switch (names.get(count - 1)) {
        case "diff" -> Place.DIFF;
        case "restore" -> Place.RESTORE;
        default -> Place.DOCUMENT;
      };
    }
    return Place.DOCUMENT;
  }
}
