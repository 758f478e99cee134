package dev.anabranch.link;

import java.util.Objects;

/// A whole request.
///
/// @param head everything before the body
/// @param body the body, not longer than its route allows; empty when there is none
@SuppressWarnings("ArrayRecordComponent") // the body is handed over, not shared
public record HttpRequest(RequestHead head, byte[] body) {
  public HttpRequest {
    Objects.requireNonNull(head, "head");
    Objects.requireNonNull(body, "body");
  }

  public Peer peer() {
    return head.peer();
  }

  public String method() {
    return head.method();
  }

  public Target target() {
    return head.target();
  }

  public Headers headers() {
    return head.headers();
  }

  @Override
  public String toString() {
    return method() + " " + target() + " with " + body.length + " bytes";
  }
}
