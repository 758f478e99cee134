package dev.anabranch.client.session;

import dev.anabranch.protocol.scope.wire.ScopeMessage;

/// What the outside is to do, in order, once the transaction that asked for it is durable.
public sealed interface Effect {

  /// Open a link, and tell [ReplicaSession#opened] or [ReplicaSession#unreachable] with its number.
  record Dial(long link) implements Effect {}

  /// Close a link; nothing more of it counts.
  record HangUp(long link, int code, String reason) implements Effect {}

  /// Send a message on a link.
  record Send(long link, ScopeMessage.FromClient message) implements Effect {}

  /// Call [ReplicaSession#ring] at this time, in place of any time said before.
  ///
  /// @param atMillis milliseconds on the clock that [ReplicaSession#begin] is told;
  ///   `Long.MAX_VALUE` = never
  record Wake(long atMillis) implements Effect {}

  /// Tell whoever listens.
  record Tell(Notice notice) implements Effect {}
}
