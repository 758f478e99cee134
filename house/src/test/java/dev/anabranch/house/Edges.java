package dev.anabranch.house;

import java.util.Map;
import java.util.Optional;

/// The classes that may touch the real world, each with its reason.
///
/// A line names a class (its nested classes included) or, ending in a dot, a package with all below
/// it. Everything else takes what it needs through its constructor.
final class Edges {
  static final Map<String, String> REASONS =
      Map.ofEntries(
          Map.entry("dev.anabranch.bench.", "measures real time on real processes and sockets"),
          Map.entry(
              "dev.anabranch.cli.Anabranch",
              "the wiring of the command line: takes the system's clock and strong randomness"),
          Map.entry(
              "dev.anabranch.cli.demo.",
              "starts and kills real server processes, and reads from them over HTTP"),
          Map.entry(
              "dev.anabranch.cli.remote.RemoteServer",
              "opens the sockets of the commands that ask a server"),
          Map.entry(
              "dev.anabranch.client.ClientThreads",
              "the wiring of a client: takes the system's clock and strong randomness unless given"
                  + " others"),
          Map.entry(
              "dev.anabranch.server.ServerThreads",
              "the wiring of a server: takes the system's clocks and strong randomness"),
          Map.entry(
              "dev.anabranch.testkit.BreakableLine", "stands between tests' clients and servers"),
          Map.entry(
              "dev.anabranch.transport.DialHandler",
              "RFC 6455 wants the key of a handshake to come from a strong source"),
          Map.entry(
              "dev.anabranch.transport.FrameBytes",
              "RFC 6455 wants the masks of frames to come from a strong source"),
          Map.entry(
              "dev.anabranch.transport.JdkHttpCaller",
              "opens the sockets of a client's HTTP calls"),
          Map.entry(
              "dev.anabranch.transport.TransportServer",
              "the wiring of the sockets: takes the system's clock unless it is given one"),
          Map.entry(
              "dev.anabranch.transport.Watch",
              "times idle connections on the event loop's own thread"));

  private Edges() {}

  /// The reason that excuses a class, if there is one.
  static Optional<String> of(String className) {
    return REASONS.entrySet().stream()
        .filter(edge -> covers(edge.getKey(), className))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  static boolean covers(String edge, String className) {
    return edge.endsWith(".")
        ? className.startsWith(edge)
        : className.equals(edge) || className.startsWith(edge + "$");
  }
}
