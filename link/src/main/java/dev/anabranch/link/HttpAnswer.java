package dev.anabranch.link;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// A whole HTTP answer. Length, date, connection and compression headers are the transport's.
///
/// @param status 200 to 599
/// @param headers fields such as `Content-Type` and `ETag`
/// @param body the body before compression; not copied, and never to be changed
@SuppressWarnings("ArrayRecordComponent") // the body is handed over, not shared
public record HttpAnswer(int status, Headers headers, byte[] body) {
  public HttpAnswer {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status " + status + " is outside 200..599");
    }
    Objects.requireNonNull(headers, "headers");
    Objects.requireNonNull(body, "body");
  }

  /// An answer without a body.
  public static HttpAnswer empty(int status) {
    return new HttpAnswer(status, Headers.empty(), new byte[0]);
  }

  /// An answer of one content type.
  public static HttpAnswer of(int status, String contentType, byte[] body) {
    return new HttpAnswer(status, Headers.of("Content-Type", contentType), body);
  }

  /// A JSON answer.
  public static HttpAnswer json(int status, byte[] json) {
    return of(status, "application/json", json);
  }

  /// A plain text answer.
  public static HttpAnswer text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /// A problem as RFC 9457 describes it.
  ///
  /// @param code the project's word for it, which programs may rely on
  /// @param detail a sentence for people that names what was wrong and where
  public static HttpAnswer problem(int status, String code, String detail) {
    return problem(status, code, code.replace('_', ' '), detail);
  }

  /// The same, with a title of its own.
  ///
  /// @param title what problems with this code have in common, in a few words
  public static HttpAnswer problem(int status, String code, String title, String detail) {
    String json =
        "{\"type\":%s,\"title\":%s,\"status\":%d,\"code\":%s,\"detail\":%s}"
            .formatted(
                quoted("urn:anabranch:" + code),
                quoted(title),
                status,
                quoted(code),
                quoted(detail));
    return of(status, "application/problem+json", json.getBytes(StandardCharsets.UTF_8));
  }

  /// This answer with one more header field.
  public HttpAnswer with(String name, String value) {
    return new HttpAnswer(status, headers.with(name, value), body);
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        json.append("\\u%04x".formatted((int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
