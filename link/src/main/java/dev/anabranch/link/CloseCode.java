package dev.anabranch.link;

/// The WebSocket close codes that have a meaning here (RFC 6455, 7.4.1). Protocols add their own
/// from 4000 up.
public final class CloseCode {
  public static final int NORMAL = 1000;

  /// The server is shutting down, or the page is left: come back later.
  public static final int GOING_AWAY = 1001;

  public static final int PROTOCOL_ERROR = 1002;

  /// A kind of frame the protocol has no use for: binary where text is spoken.
  public static final int UNACCEPTABLE = 1003;

  /// Never sent: the peer's close frame had no code.
  public static final int NONE = 1005;

  /// Never sent: the connection was lost without a close frame.
  public static final int LOST = 1006;

  /// Text that is not UTF-8, or a payload that cannot be inflated.
  public static final int BAD_PAYLOAD = 1007;

  public static final int POLICY = 1008;

  public static final int TOO_LARGE = 1009;

  public static final int SERVER_ERROR = 1011;

  /// Try again later: the peer reads too slowly, or there are too many of it.
  public static final int OVERLOADED = 1013;

  private CloseCode() {}

  /// Whether a close frame may carry the code.
  public static boolean sendable(int code) {
    return (code >= 1000 && code <= 1003)
        || (code >= 1007 && code <= 1014)
        || (code >= 3000 && code <= 4999);
  }
}
