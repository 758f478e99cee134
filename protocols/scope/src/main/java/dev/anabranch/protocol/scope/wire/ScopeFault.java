package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.log.FaultCode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Everything that scope sync says no with; `docs/errors.md` is the catalogue.
///
/// The wire code is the name in lower case. Over HTTP it stands in a problem with the status; over
/// WebSocket in an `error` frame, after which some faults close the link.
public enum ScopeFault {
  MALFORMED(400, "The text is not JSON", "send one JSON value in UTF-8"),
  INVALID(400, "A field, name or value has the wrong shape", "mend what the detail names"),
  UNKNOWN_TYPE(400, "No message has this type", "use a type of this protocol"),
  UNKNOWN_PROTOCOL(
      400,
      "The first frame belongs to no protocol",
      "begin with auth, subscribe, push, ping, presence, connect or an array",
      1002),
  BINARY_FRAME(400, "This protocol speaks text", "send text frames", 1003),
  SCHEMA(400, "The data breaks the model's JSON Schema", "mend what the detail names"),
  UNSUITABLE(400, "The action does not fit the model's rule", "use an action the rule knows"),
  UNAUTHENTICATED(401, "No valid credential", "send a token that counts", 1008),
  FORBIDDEN(403, "The principal lacks the right", "ask an admin of the scope for a grant"),
  SERVER_OWNED(403, "Only the server writes this field", "leave the field out"),
  ORIGIN_REFUSED(
      403,
      "This page or host may not speak to this server",
      "use a loopback address, or have the operator allow the page (auth.origins)"),
  ABSENT(404, "The entity does not exist", "insert it first"),
  UNKNOWN_ROUTE(404, "Nothing is here", "see /openapi.json"),
  METHOD_NOT_ALLOWED(405, "The method means nothing here", "use one that the Allow header lists"),
  REFETCH(409, "The cursor is of no use any more", "bootstrap again"),
  KEY_REUSED(409, "The key stands for another write", "choose a new key for each write"),
  APPEND_ONLY(409, "Entities of this model are never changed", "insert under another id"),
  SUPERSEDED(409, "A newer state is there already", "nothing; read the newer state"),
  UNSETTLED(409, "The entity has too many unsettled versions", "settle them with a write"),
  DEVICE_GAP(409, "The device's count is not the next one", "go on from the count in the detail"),
  DEVICE_TAKEN(409, "The device belongs to another principal", "choose another device id"),
  BATCH_ABORTED(409, "Another write of the atomic batch failed", "mend that one and send again"),
  CONFLICT(412, "The entity has another version", "merge with current, write under a new key"),
  TOO_LARGE(413, "It is larger than is allowed", "make it smaller or split it"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body is not JSON", "send Content-Type: application/json"),
  RATE_LIMITED(429, "Too much at once", "try again after the time that is named"),
  TOO_MANY_SUBSCRIPTIONS(429, "The connection follows too many scopes", "unsubscribe from some"),
  PRESENCE_FULL(
      429, "Too many are present, or you in too many places", "leave a place, or try again later"),
  RULE_FAILED(
      500, "The server broke on this write", "change it, or show the operator the server's log"),
  INTERNAL(500, "Something broke on our side", "try again; the server's log says more", 1011),
  UNAVAILABLE(503, "The server cannot do it now", "try again after the time that is named"),
  QUOTA(507, "The principal's quota is used up", "erase something or ask the operator");

  private static final Map<String, ScopeFault> BY_CODE =
      Arrays.stream(values()).collect(Collectors.toMap(ScopeFault::code, Function.identity()));

  private final int httpStatus;
  private final String sentence;
  private final String remedy;
  private final int closeCode;

  ScopeFault(int httpStatus, String sentence, String remedy) {
    this(httpStatus, sentence, remedy, 0);
  }

  ScopeFault(int httpStatus, String sentence, String remedy, int closeCode) {
    this.httpStatus = httpStatus;
    this.sentence = sentence;
    this.remedy = remedy;
    this.closeCode = closeCode;
  }

  /// The fault of a wire code; empty for one that this version does not know.
  public static Optional<ScopeFault> ofCode(String code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }

  /// How the kernel's word is said here.
  public static ScopeFault of(FaultCode code) {
    return valueOf(code.name());
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

  /// The code with which a WebSocket is closed after the `error` frame; 0 = it stays open.
  public int closeCode() {
    return closeCode;
  }

  /// Whether the same request can succeed later without being changed.
  public boolean isTransient() {
    return this == RATE_LIMITED || this == UNAVAILABLE || this == INTERNAL;
  }
}
