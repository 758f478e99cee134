package dev.anabranch.link;

/// Finds the route of a request before its body is read. Called on an event loop; must not block.
///
/// It always finds one: a path or method that means nothing is a route that answers 404 or 405.
@FunctionalInterface
public interface HttpRouter {
  HttpRoute route(RequestHead head);
}
