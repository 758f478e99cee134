package dev.anabranch.link;

import java.util.Optional;

/// Finds the route of a request before its body is read. Called on an event loop; must not block.
///
/// It always finds one: a path or method that means nothing is a route that answers 404 or 405.
@FunctionalInterface
public interface HttpRouter {
  HttpRoute route(RequestHead head);

  /// The answer to what a browser asks before a page of another origin sends a request there (Fetch
  /// standard), where that is not for the transport to say, which knows the operator's origins:
  /// somewhere every page may ask. Empty everywhere else.
  default Optional<HttpAnswer> preflight(RequestHead head) {
    return Optional.empty();
  }
}
