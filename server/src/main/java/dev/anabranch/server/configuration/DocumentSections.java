package dev.anabranch.server.configuration;

import dev.anabranch.link.limit.Rate;
import dev.anabranch.protocol.document.server.DocumentLimits;

/// Section `[documents]`: what documents can cost.
final class DocumentSections {

  private static final int MOST = Integer.MAX_VALUE;
  private static final int MEBIBYTE = 1024 * 1024;

  /// An update is told to scope subscribers as one event, in base64: a device reads 16 MiB.
  private static final int MESSAGE_BYTES_MOST = 11 * MEBIBYTE;

  private DocumentSections() {}

  static DocumentLimits read(Section section) {
    DocumentLimits fallback = DocumentLimits.DEFAULT;
    return new DocumentLimits(
        section.number("message_bytes_max", fallback.messageBytesMax(), 1024, MESSAGE_BYTES_MOST),
        section.number("document_bytes_max", fallback.documentBytesMax(), 1024, 512 * MEBIBYTE),
        section.number("waiting_max", fallback.waitingMax(), 1, MOST),
        section.number("waiting_bytes_max", fallback.waitingBytesMax(), 1024, MOST),
        section.number("documents_max", fallback.documentsMax(), 1, MOST),
        section.number("awareness_max", fallback.awarenessMax(), 1, MOST),
        section.number("memory_bytes_max", Math.toIntExact(fallback.shelfBytesMax()), 0, MOST),
        section.number("client_ids_max", fallback.clientIdsMax(), 1, MOST),
        section.number("fold_updates_min", fallback.foldUpdatesMin(), 1, MOST),
        section.flag("refuse_foreign", fallback.refusesForeign()),
        section.number("request_bytes_max", fallback.requestBytesMax(), 1024, 64 * MEBIBYTE),
        section.number("loads_max", fallback.loadsMax(), 1, MOST),
        section.number("loads_waiting_max", fallback.loadsWaitingMax(), 1, MOST),
        section.number("loads_wait_millis", fallback.loadsWaitMillis(), 1, MOST),
        new Rate(
            section.number(
                "frames_per_second", Math.toIntExact(fallback.frames().perSecond()), 0, MOST),
            section.number("frames_burst", Math.toIntExact(fallback.frames().burst()), 1, MOST)),
        new Rate(
            section.number(
                "writes_per_second", Math.toIntExact(fallback.writes().perSecond()), 0, MOST),
            section.number("writes_burst", Math.toIntExact(fallback.writes().burst()), 1, MOST)));
  }
}
