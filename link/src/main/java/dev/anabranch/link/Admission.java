package dev.anabranch.link;

import java.util.Objects;
import java.util.Optional;

/// The answer to a [Handshake].
public sealed interface Admission {
  /// Welcome.
  ///
  /// @param subprotocol the one of the offered subprotocols that will be spoken; empty for none
  /// @param session makes the link's handler
  record Accepted(Optional<String> subprotocol, LinkSession session) implements Admission {
    public Accepted {
      Objects.requireNonNull(subprotocol, "subprotocol");
      Objects.requireNonNull(session, "session");
    }
  }

  /// No, and this is the HTTP answer that says why.
  ///
  /// @param answer any status but 101
  record Refused(HttpAnswer answer) implements Admission {
    public Refused {
      Objects.requireNonNull(answer, "answer");
    }
  }

  /// Welcome, without a subprotocol.
  static Admission accept(LinkSession session) {
    return new Accepted(Optional.empty(), session);
  }

  /// Welcome, in one of the subprotocols the peer offered.
  static Admission accept(String subprotocol, LinkSession session) {
    return new Accepted(Optional.of(subprotocol), session);
  }

  /// No.
  static Admission refuse(HttpAnswer answer) {
    return new Refused(answer);
  }
}
