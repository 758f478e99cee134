package dev.anabranch.protocol.document.wire;

import dev.anabranch.kernel.log.FaultCode;
import java.util.Locale;

/// Everything that a document's connection is told no with; `docs/errors.md` is the catalogue.
///
/// On the wire it stands as `code: sentence` in a `permissionDenied`. Close codes 4400–4499 tell
/// y-websocket that connecting again is no use.
public enum DocumentFault {
  MALFORMED("The bytes are not a message or an update", "mend the client", 0),
  READ_ONLY(
      "The principal may only read this document", "ask an admin of the scope for a grant", 0),
  FOREIGN_CLIENT(
      "The update extends what another principal's client wrote",
      "use a client id of one's own",
      0),
  UNAUTHENTICATED("No valid credential", "send a token that counts", 4401),
  DELETED("The document was deleted", "open it again to begin a new one", 4410),
  FORBIDDEN("The principal may not read this scope", "ask an admin of the scope for a grant", 4403),
  TOO_LARGE("The update or the document is larger than is allowed", "split the document", 4413),
  AWARENESS_FULL("Too many or too large words about oneself", "say less", 0),
  TOO_MANY_DOCUMENTS("The connection has too many documents open", "leave some of them", 0),
  QUOTA("The principal's quota is used up", "erase something or ask the operator", 0),
  REFUSED("The update could not be accepted", "see the sentence", 0),
  UNSUPPORTED("This server does not do that", "leave it out", 0),
  RATE_LIMITED("Too much at once", "connect again in a moment", 1013),
  UNAVAILABLE("The server cannot do it now", "connect again in a moment", 1013),
  INTERNAL("Something broke on our side", "connect again; the server's log says more", 1011);

  private static final int TRY_AGAIN_LATER = 1013;

  private final String sentence;
  private final String remedy;
  private final int closeCode;

  DocumentFault(String sentence, String remedy, int closeCode) {
    this.sentence = sentence;
    this.remedy = remedy;
    this.closeCode = closeCode;
  }

  /// How the kernel's word is said here.
  public static DocumentFault of(FaultCode code) {
    return switch (code) {
      case UNAUTHENTICATED -> UNAUTHENTICATED;
      case FORBIDDEN -> READ_ONLY;
      case TOO_LARGE -> TOO_LARGE;
      case UNAVAILABLE -> UNAVAILABLE;
      case RATE_LIMITED -> RATE_LIMITED;
      case QUOTA -> QUOTA;
      case INVALID -> MALFORMED;
      case DEVICE_TAKEN -> FOREIGN_CLIENT;
      default -> REFUSED;
    };
  }

  /// The word on the wire.
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What it means, without the values.
  public String sentence() {
    return sentence;
  }

  /// What the peer should do.
  public String remedy() {
    return remedy;
  }

  /// Whether it may be well in a moment, so that the client is to connect again.
  public boolean passes() {
    return closeCode == TRY_AGAIN_LATER;
  }

  /// The code with which the socket is closed afterwards; 0 = it stays open.
  public int closeCode() {
    return closeCode;
  }
}
