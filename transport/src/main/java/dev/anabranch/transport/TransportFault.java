package dev.anabranch.transport;

import dev.anabranch.link.HttpAnswer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Every no of the transport: what a peer hears before any protocol has seen its request, as a
/// problem (RFC 9457).
///
/// Words that protocols have too – `too_large`, `rate_limited`, `internal`, `unavailable` – mean
/// the same here.
public enum TransportFault {
  BAD_REQUEST(400, "The request is not valid HTTP", "mend the client or what stands between"),
  BAD_TARGET(400, "The address cannot be read", "mend what the detail names"),
  BAD_HANDSHAKE(400, "The WebSocket handshake is not one", "begin as RFC 6455 says"),
  TLS_REQUIRED(400, "This port speaks TLS", "use https or wss"),
  FORBIDDEN_ORIGIN(
      403,
      "Pages of this origin may not use this server",
      "have the operator allow the page (auth.origins)"),
  TOO_SLOW(408, "The request did not come in time", "send it faster"),
  TOO_LARGE(413, "The body is longer than is allowed", "make it smaller or split it"),
  TARGET_TOO_LONG(414, "The first line is too long", "send less in the address"),
  ENCODED_BODY(
      415, "The body has a Content-Encoding", "send it as it is, without Content-Encoding"),
  WEBSOCKET_VERSION(426, "This server speaks version 13 of WebSocket", "speak version 13"),
  RATE_LIMITED(429, "Too many connections from this address", "close some, or try again later"),
  HEADERS_TOO_LARGE(431, "The header fields are too large", "send fewer or shorter ones"),
  INTERNAL(500, "Something broke on our side", "try again; the server's log says more"),
  UNAVAILABLE(503, "The server cannot take it now", "try again in a moment"),
  HTTP_VERSION(505, "This server speaks HTTP/1.1 and HTTP/2", "speak one of them");

  /// When to try again what is refused for want of room only.
  private static final String RETRY_SECONDS = "1";

  private final int httpStatus;
  private final String sentence;
  private final String remedy;

  TransportFault(int httpStatus, String sentence, String remedy) {
    this.httpStatus = httpStatus;
    this.sentence = sentence;
    this.remedy = remedy;
  }

  /// The fault of a wire code; empty for one that is not the transport's.
  public static Optional<TransportFault> ofCode(String code) {
    return Arrays.stream(values()).filter(fault -> fault.code().equals(code)).findFirst();
  }

  /// The word on the wire.
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The status over HTTP.
  public int httpStatus() {
    return httpStatus;
  }

  /// What it means, without the values.
  public String sentence() {
    return sentence;
  }

  /// What the peer should do.
  public String remedy() {
    return remedy;
  }

  /// The answer; one that may be another in a moment says so (`Retry-After`, in seconds).
  ///
  /// @param detail a sentence that names what was wrong and where
  HttpAnswer answer(String detail) {
    HttpAnswer answer = HttpAnswer.problem(httpStatus, code(), sentence, detail);
    return switch (this) {
      case RATE_LIMITED, UNAVAILABLE -> answer.with("Retry-After", RETRY_SECONDS);
      case ENCODED_BODY -> answer.with("Accept-Encoding", "identity"); // RFC 7694
      default -> answer;
    };
  }
}
