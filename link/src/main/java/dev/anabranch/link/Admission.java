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
  /// @param tooLargeCode what the link is closed with when a message is longer
  /// @param session makes the link's handler
  record Accepted(
      Optional<String> subprotocol,
      OptionalInt messageBytesMax,
      int tooLargeCode,
      LinkSession session)
      implements Admission {
    public Accepted {
      Objects.requireNonNull(subprotocol, "subprotocol");
      Objects.requireNonNull(messageBytesMax, "messageBytesMax");
      Objects.requireNonNull(session, "session");
      if (!CloseCode.sendable(tooLargeCode)) {
        throw new IllegalArgumentException("close code " + tooLargeCode + " must not be sent");
      }
    }

    /// The same welcome for longer, or only shorter, messages: documents are allowed 8 MiB.
    public Accepted withMessageBytesMax(int bytes) {
      return new Accepted(subprotocol, OptionalInt.of(bytes), tooLargeCode, session);
    }

    /// The same welcome in a protocol that has a close code of its own for a message that is too
    /// long; 1009 otherwise.
    public Accepted withTooLargeCode(int code) {
      return new Accepted(subprotocol, messageBytesMax, code, session);
    }

    /// The same welcome for another session.
    public Accepted withSession(LinkSession another) {
      return new Accepted(subprotocol, messageBytesMax, tooLargeCode, another);
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
    return new Accepted(Optional.empty(), OptionalInt.empty(), CloseCode.TOO_LARGE, session);
  }

  /// Welcome, in one of the subprotocols the peer offered.
  static Accepted accept(String subprotocol, LinkSession session) {
    return new Accepted(
        Optional.of(subprotocol), OptionalInt.empty(), CloseCode.TOO_LARGE, session);
  }

  /// No.
  static Refused refuse(HttpAnswer answer) {
    return new Refused(answer);
  }
}
