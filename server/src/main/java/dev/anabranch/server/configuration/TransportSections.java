package dev.anabranch.server.configuration;

import dev.anabranch.transport.TransportLimits;

/// Sections `[connections]`, `[http]` and `[links]`: what peers can cost at the sockets.
final class TransportSections {

  private TransportSections() {}

  static TransportLimits read(Sections sections) {
    return new TransportLimits(
        connections(sections.of("connections")),
        http(sections.of("http")),
        links(sections.of("links")));
  }

  private static TransportLimits.Connections connections(Section section) {
    TransportLimits.Connections fallback = TransportLimits.Connections.defaults();
    return new TransportLimits.Connections(
        count(section, "max", fallback.max()),
        count(section, "per_address_max", fallback.perAddressMax()),
        count(section, "per_loopback_address_max", fallback.perLoopbackAddressMax()),
        count(section, "send_buffer_bytes", fallback.sendBufferBytes()));
  }

  private static TransportLimits.Http http(Section section) {
    TransportLimits.Http fallback = TransportLimits.Http.defaults();
    return new TransportLimits.Http(
        count(section, "header_bytes_max", fallback.headerBytesMax()),
        count(section, "header_millis", fallback.headerMillis()),
        count(section, "body_millis", fallback.bodyMillis()),
        count(section, "idle_millis", fallback.idleMillis()),
        count(section, "write_millis", fallback.writeMillis()),
        count(section, "buffer_bytes", fallback.bufferBytes()),
        count(section, "streams_max", fallback.streamsMax()),
        count(section, "bodies_bytes_max", fallback.bodiesBytesMax()),
        count(section, "address_bodies_bytes_max", fallback.addressBodiesBytesMax()));
  }

  private static TransportLimits.Links links(Section section) {
    TransportLimits.Links fallback = TransportLimits.Links.defaults();
    return new TransportLimits.Links(
        count(section, "message_bytes_max", fallback.messageBytesMax()),
        count(section, "fragments_max", fallback.fragmentsMax()),
        count(section, "outbox_bytes", fallback.outboxBytes()),
        count(section, "ping_millis", fallback.pingMillis()),
        count(section, "idle_millis", fallback.idleMillis()),
        count(section, "close_millis", fallback.closeMillis()),
        section.flag("compression", fallback.compression()));
  }

  private static int count(Section section, String key, int fallback) {
    return section.number(key, fallback, 1, Integer.MAX_VALUE);
  }
}
