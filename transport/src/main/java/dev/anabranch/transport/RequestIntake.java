package dev.anabranch.transport;

import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.Peer;
import dev.anabranch.link.RequestHead;
import dev.anabranch.link.Target;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reads the head of a request, and says what is wrong with those that cannot be read.
final class RequestIntake {
  static final String HEADERS_TOO_LARGE_DETAIL = "the request's header fields are too large";

  /// A request that gets an answer and nothing else.
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient HttpAnswer answer;

    Refusal(TransportFault fault, String detail) {
      super(detail, null, false, false);
      this.answer = fault.answer(detail);
    }

    HttpAnswer answer() {
      return answer;
    }
  }

  private RequestIntake() {}

  /// The head, checked as far as the transport can.
  static RequestHead head(HttpRequest request, Headers headers, Peer peer) throws Refusal {
    HttpVersion version = request.protocolVersion();
    if (version.majorVersion() != 1 || version.minorVersion() > 1) {
      throw new Refusal(TransportFault.HTTP_VERSION, "this server speaks HTTP/1.1 and HTTP/2");
    }
    if (version.equals(HttpVersion.HTTP_1_1) && headers.all("Host").size() != 1) {
      throw new Refusal(TransportFault.BAD_REQUEST, "a request names its host once");
    }
    String method = request.method().name();
    try {
      Target target = Target.parse(request.uri());
      return new RequestHead(peer, method.equals("HEAD") ? "GET" : method, target, headers);
    } catch (IllegalArgumentException e) {
      throw new Refusal(TransportFault.BAD_TARGET, String.valueOf(e.getMessage()));
    }
  }

  /// The header fields; a field that could be misread fails the request.
  static Headers headers(HttpRequest request) throws Refusal {
    List<String> namesAndValues = new ArrayList<>();
    for (Map.Entry<String, String> field : request.headers()) {
      namesAndValues.add(field.getKey());
      namesAndValues.add(field.getValue());
    }
    try {
      return Headers.of(namesAndValues);
    } catch (IllegalArgumentException e) {
      throw new Refusal(TransportFault.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  /// Whether a body comes as it is: nothing is inflated here, whatever it is said to be.
  static void checkEncoding(Headers headers) throws Refusal {
    for (String value : headers.all("Content-Encoding")) {
      for (String coding : value.split(",", -1)) {
        if (!coding.isBlank() && !coding.strip().equalsIgnoreCase("identity")) {
          throw new Refusal(
              TransportFault.ENCODED_BODY,
              "the body comes in " + coding.strip() + "; it is read as it is only");
        }
      }
    }
  }

  /// What a request that could not be decoded is told.
  static Refusal undecodable(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException line ->
          new Refusal(TransportFault.TARGET_TOO_LONG, "the request's first line is too long");
      case TooLongHttpHeaderException header ->
          new Refusal(TransportFault.HEADERS_TOO_LARGE, HEADERS_TOO_LARGE_DETAIL);
      default -> new Refusal(TransportFault.BAD_REQUEST, "the request is not valid HTTP");
    };
  }
}
