package dev.anabranch.client;

import dev.anabranch.client.session.LineState;
import dev.anabranch.client.session.ScopeState;
import dev.anabranch.kernel.log.ScopeName;
import java.util.Map;
import java.util.Objects;

/// How a device stands to its server, at one moment.
///
/// @param line the connection
/// @param detail why it is so; empty when there is nothing to say
/// @param pending how many writes the server has not confirmed
/// @param scopes how far the copy of each scope is
public record ClientStatus(
    LineState line, String detail, int pending, Map<ScopeName, Progress> scopes) {

  public ClientStatus {
    Objects.requireNonNull(line, "line");
    Objects.requireNonNull(detail, "detail");
    scopes = Map.copyOf(scopes);
  }

  /// A scope's copy.
  ///
  /// @param state how far it is
  /// @param fetched entities of a snapshot that have come, while one is arriving
  /// @param detail why it is so; empty when there is nothing to say
  public record Progress(ScopeState state, long fetched, String detail) {
    public Progress {
      Objects.requireNonNull(state, "state");
      Objects.requireNonNull(detail, "detail");
    }
  }

  /// Whether nothing is under way: every write confirmed, every scope live.
  public boolean isQuiet() {
    return pending == 0
        && scopes.values().stream().allMatch(progress -> progress.state() == ScopeState.LIVE);
  }
}
