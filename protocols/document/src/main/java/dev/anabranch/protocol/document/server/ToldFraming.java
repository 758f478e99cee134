package dev.anabranch.protocol.document.server;

import dev.anabranch.kernel.follow.Announcement;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.protocol.document.wire.DocumentCodec;

/// How announcements are encoded, once for all sessions of one framing.
enum ToldFraming {
  /// y-websocket: the path names the document.
  PLAIN,
  /// Hocuspocus: each frame names its document.
  NAMED;

  DocumentCodec codec(EntityKey document) {
    return this == PLAIN ? DocumentCodec.plain() : DocumentCodec.named(name(document));
  }

  ToldChanges of(Announcement announcement) {
    return announcement.encodedBy(this, changes -> ToldChanges.of(changes, this::codec));
  }

  /// A document's name as Hocuspocus clients write it.
  static String name(EntityKey document) {
    return document.scope() + "/" + document.id();
  }
}
