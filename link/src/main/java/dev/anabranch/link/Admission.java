package dev.anabranch.link;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/// The answer to a [Handshake].
public sealed interface Admission {
  /// Welcome.
  ///
  /// @param subprotocol the one of the offered subprotocols that will be spoken; empty for none
  /// @param messageBytesMax the longest message the peer may send, after inflating; empty for the
  ///   transport's own limit (512 KiB unless configured)
  /// @param session makes the link's handler
  record Accepted(Optional<String> subprotocol, OptionalInt messageBytesMax, LinkSession session)
      implements Admission {
    public Accepted {
      Objects.requireNonNull(subprotocol, "subprotocol");
      Objects.requireNonNull(messageBytesMax, "messageBytesMax");
      Objects.requireNonNull(session, "session");
    }

    /// The same welcome for longer, or only shorter, messages: documents are allowed 8 MiB.
    public Accepted withMessageBytesMax(int bytes) {
      return new Accepted(subprotocol, OptionalInt.of(bytes), session);
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
  static Accepted accept(LinkSession session) {
    return new Accepted(Optional.empty(), OptionalInt.empty(), session);
  }

  /// Welcome, in one of the subprotocols the peer offered.
  static Accepted accept(String subprotocol, LinkSession session) {
    return new Accepted(Optional.of(subprotocol), OptionalInt.empty(), session);
  }

  /// No.
  static Refused refuse(HttpAnswer answer) {
    return new Refused(answer);
  }
}
