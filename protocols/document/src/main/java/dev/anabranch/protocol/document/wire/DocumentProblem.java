package dev.anabranch.protocol.document.wire;

import dev.anabranch.kernel.log.FaultCode;
import java.util.Locale;

/// Everything that a request under `/api/document` is told no with. The codes are those of scope
/// sync and mean the same, with the same status; `docs/errors.md` is the catalogue.
public enum DocumentProblem {
  MALFORMED(400, "The text is not JSON"),
  INVALID(400, "A field, name or value has the wrong shape"),
  SCHEMA(400, "The data breaks the model's JSON Schema"),
  UNSUITABLE(400, "The action does not fit the model's rule"),
  UNAUTHENTICATED(401, "No valid credential"),
  FORBIDDEN(403, "The principal lacks the right"),
  SERVER_OWNED(403, "Only the server writes this field"),
  ABSENT(404, "The entity does not exist"),
  METHOD_NOT_ALLOWED(405, "The method means nothing here"),
  KEY_REUSED(409, "The key stands for another write"),
  APPEND_ONLY(409, "Entities of this model are never changed"),
  SUPERSEDED(409, "A newer state is there already"),
  UNSETTLED(409, "The entity has too many unsettled versions"),
  DEVICE_GAP(409, "The device's count is not the next one"),
  DEVICE_TAKEN(409, "The device belongs to another principal"),
  BATCH_ABORTED(409, "Another write of the atomic batch failed"),
  CONFLICT(412, "The entity has another version"),
  TOO_LARGE(413, "It is larger than is allowed"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body is not JSON"),
  RATE_LIMITED(429, "Too much at once"),
  RULE_FAILED(500, "The server broke on this write"),
  INTERNAL(500, "Something broke on our side"),
  UNAVAILABLE(503, "The server cannot do it now"),
  QUOTA(507, "The principal's quota is used up");

  private final int httpStatus;
  private final String sentence;

  DocumentProblem(int httpStatus, String sentence) {
    this.httpStatus = httpStatus;
    this.sentence = sentence;
  }

  /// How the kernel's word is said here.
  public static DocumentProblem of(FaultCode code) {
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

  /// What it means, without the values: a problem's title.
  public String sentence() {
    return sentence;
  }
}
