package dev.anabranch.link;

/// Answers one kind of request.
///
/// Called on an event loop, so it must not block: work that does goes to a thread of the handler's
/// own, and the answer may come from there. A handler that throws is answered for with 500.
@FunctionalInterface
public interface HttpHandler {
  void handle(HttpRequest request, Exchange exchange);
}
