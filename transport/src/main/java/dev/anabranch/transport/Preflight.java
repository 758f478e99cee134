package dev.anabranch.transport;

import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.RequestHead;

/// The question a browser asks before a web page of another origin may send a request (Fetch
/// standard).
final class Preflight {
  private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
  private static final String MAX_AGE_SECONDS = "600";

  private Preflight() {}

  static boolean is(RequestHead head) {
    return head.method().equals("OPTIONS")
        && head.headers().contains("Origin")
        && head.headers().contains("Access-Control-Request-Method");
  }

  /// Yes or no; the origin itself is added as to every answer.
  static HttpAnswer answer(RequestHead head, OriginPolicy origins) {
    Headers asked = head.headers();
    if (!origins.allows(asked.first("Origin").orElse(""))) {
      return TransportFault.FORBIDDEN_ORIGIN.answer("pages of this origin may not use this server");
    }
    HttpAnswer yes =
        HttpAnswer.empty(204)
            .with("Access-Control-Allow-Methods", METHODS)
            .with("Access-Control-Max-Age", MAX_AGE_SECONDS);
    return asked
        .first("Access-Control-Request-Headers")
        .map(names -> yes.with("Access-Control-Allow-Headers", names))
        .orElse(yes);
  }
}
