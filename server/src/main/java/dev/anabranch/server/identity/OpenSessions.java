package dev.anabranch.server.identity;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Connections that stay open on a token's word, so that they end when it does.
///
/// Bounded by the connections that the transport lets in.
public final class OpenSessions {

  private final ConcurrentMap<String, Set<Runnable>> sessions = new ConcurrentHashMap<>();
  private final TokenCheck check;

  /// Sessions of tokens that this check knows.
  public OpenSessions(TokenCheck check) {
    this.check = check;
  }

  /// Remembers a session.
  ///
  /// @param end ends it; run once, on any thread, when the token no longer counts
  /// @return forgets the session, when it has ended by itself
  public Runnable opened(String tokenId, Runnable end) {
    sessions.compute(
        tokenId,
        (id, ends) -> {
          Set<Runnable> more = ends == null ? ConcurrentHashMap.newKeySet() : ends;
          more.add(end);
          return more;
        });
    return () -> closed(tokenId, end);
  }

  private void closed(String tokenId, Runnable end) {
    sessions.computeIfPresent(
        tokenId,
        (id, ends) -> {
          ends.remove(end);
          return ends.isEmpty() ? null : ends;
        });
  }

  /// Ends the sessions of tokens that no longer count; to be called once in a check's time.
  ///
  /// While the database is away nobody is sent off: what cannot be asked is not known.
  public void sweep() {
    for (String id : sessions.keySet()) {
      check
          .stillCounts(id)
          .whenComplete((counts, failure) -> {
            if (failure == null && !counts) {
              end(id);
            }
          });
    }
  }

  /// Ends the sessions of one token now.
  public void end(String tokenId) {
    Set<Runnable> ends = sessions.remove(tokenId);
    if (ends != null) {
      ends.forEach(Runnable::run);
    }
  }
}
