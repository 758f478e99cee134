package dev.anabranch.transport;

import java.util.Objects;

/// The numbers that bound what peers can cost.
public record TransportLimits(Connections connections, Http http, Links links) {
  private static final int MEBIBYTE = 1024 * 1024;

  public TransportLimits {
    Objects.requireNonNull(connections, "connections");
    Objects.requireNonNull(http, "http");
    Objects.requireNonNull(links, "links");
  }

  /// What a server starts with when nobody says otherwise.
  public static TransportLimits defaults() {
    return new TransportLimits(Connections.defaults(), Http.defaults(), Links.defaults());
  }

  public TransportLimits with(Connections other) {
    return new TransportLimits(other, http, links);
  }

  public TransportLimits with(Http other) {
    return new TransportLimits(connections, other, links);
  }

  public TransportLimits with(Links other) {
    return new TransportLimits(connections, http, other);
  }

  /// Limits on sockets.
  ///
  /// @param max open connections in all; the next gets 503
  /// @param perAddressMax open connections of one address (IPv6: of one /64 network); the next gets
  ///   429
  /// @param perLoopbackAddressMax the same for addresses of this machine
  /// @param sendBufferBytes what the operating system may hold for a peer that does not read
  public record Connections(
      int max, int perAddressMax, int perLoopbackAddressMax, int sendBufferBytes) {
    public Connections {
      positive("max", max);
      positive("perAddressMax", perAddressMax);
      positive("perLoopbackAddressMax", perLoopbackAddressMax);
      positive("sendBufferBytes", sendBufferBytes);
    }

    public static Connections defaults() {
      return new Connections(16_000, 100, 16_000, 131_072);
    }
  }

  /// Limits on HTTP.
  ///
  /// @param headerBytesMax header fields of one request, and its first line; more gets 431 or 414
  /// @param headerMillis from the first byte of a request (or from connecting) to the end of its
  ///   header; later gets 408
  /// @param bodyMillis from there to the end of its body, and a second more for each 8 kB; later
  ///   gets 408
  /// @param idleMillis how long a connection is kept open for the next request
  /// @param writeMillis how long a peer may take nothing of an answer before it is cut off
  /// @param bufferBytes the high-water mark of an answer's stream
  /// @param streamsMax requests at once on one HTTP/2 connection
  /// @param bodiesBytesMax bytes of bodies of all requests that are not answered yet; more gets 503
  /// @param addressBodiesBytesMax the same of one address (IPv6: of one /64 network) that is not of
  ///   this machine
  public record Http(
      int headerBytesMax,
      int headerMillis,
      int bodyMillis,
      int idleMillis,
      int writeMillis,
      int bufferBytes,
      int streamsMax,
      int bodiesBytesMax,
      int addressBodiesBytesMax) {
    public Http {
      positive("headerBytesMax", headerBytesMax);
      positive("headerMillis", headerMillis);
      positive("bodyMillis", bodyMillis);
      positive("idleMillis", idleMillis);
      positive("writeMillis", writeMillis);
      positive("bufferBytes", bufferBytes);
      positive("streamsMax", streamsMax);
      positive("bodiesBytesMax", bodiesBytesMax);
      positive("addressBodiesBytesMax", addressBodiesBytesMax);
    }

    public static Http defaults() {
      return new Http(
          8_192, 5_000, 30_000, 60_000, 10_000, 262_144, 100, 64 * MEBIBYTE, 16 * MEBIBYTE);
    }
  }

  /// Limits on WebSocket links.
  ///
  /// @param messageBytesMax one frame, and one message after joining and inflating; more closes
  ///   with 1009
  /// @param fragmentsMax frames of one message; more closes with 1008
  /// @param outboxBytes the high-water mark of an outbox
  /// @param pingMillis silence after which a ping is sent
  /// @param idleMillis silence after which the link is closed
  /// @param closeMillis how long to wait for the peer's close frame
  /// @param compression whether permessage-deflate is spoken with peers that want it
  public record Links(
      int messageBytesMax,
      int fragmentsMax,
      int outboxBytes,
      int pingMillis,
      int idleMillis,
      int closeMillis,
      boolean compression) {
    public Links {
      positive("messageBytesMax", messageBytesMax);
      positive("fragmentsMax", fragmentsMax);
      positive("outboxBytes", outboxBytes);
      positive("pingMillis", pingMillis);
      positive("idleMillis", idleMillis);
      positive("closeMillis", closeMillis);
    }

    public static Links defaults() {
      return new Links(524_288, 1_000, 262_144, 27_000, 300_000, 3_000, true);
    }
  }

  private static void positive(String name, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " " + value + " is not positive");
    }
  }
}
