package dev.anabranch.protocol.document.server;

import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.HttpRouter;
import dev.anabranch.link.RequestHead;
import dev.anabranch.link.limit.GcraTable;
import dev.anabranch.protocol.document.server.DocumentPath.Place;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import dev.anabranch.protocol.document.wire.DocumentFault;
import java.util.List;

/// `/api/document/{name}` and what stands under it: documents for programs that speak no CRDT.
public final class DocumentRouter implements HttpRouter {
  private static final int NAME_AT = 2;

  private final DocumentSession.Surroundings here;
  private final DocumentReading reading;
  private final DocumentEditing editing;
  private final SnapshotHandler snapshots;
  private final GcraTable<PrincipalId> rates;
  private final DocumentTurns turns;

  DocumentRouter(DocumentSession.Surroundings here) {
    this.here = here;
    this.reading = new DocumentReading(here);
    this.editing = new DocumentEditing(here);
    this.snapshots = new SnapshotHandler(here, reading, editing);
    DocumentLimits limits = here.policy().limits();
    this.rates = new GcraTable<>(limits.writes(), limits.clientIdsMax());
    this.turns = new DocumentTurns(limits);
  }

  /// Whether a request is one of ours. Deleting a document whose name is one segment is the scope's
  /// as for any entity.
  public static boolean serves(RequestHead head) {
    List<String> segments = head.target().segments();
    return segments.size() > NAME_AT
        && segments.get(0).equals("api")
        && segments.get(1).equals(DocumentAddress.MODEL.text())
        && (isReadOrEdit(head.method())
            || segments.size() > NAME_AT + 1
            || placeOf(segments) != Place.DOCUMENT);
  }

  private static boolean isReadOrEdit(String method) {
    return method.equals("GET") || method.equals("PATCH");
  }

  private static Place placeOf(List<String> segments) {
    return DocumentPath.placeOf(segments.subList(NAME_AT, segments.size()));
  }

  @Override
  public HttpRoute route(RequestHead head) {
    int bytes = head.method().equals("GET") ? 0 : here.policy().limits().requestBytesMax();
    return new HttpRoute(
        bytes,
        (request, exchange) -> {
          DocumentExchange asked = new DocumentExchange(here, turns, request, exchange);
          asked.begin(() -> {
            if (!head.method().equals("GET")) {
              refuseTooFast(asked);
            }
            handle(asked);
          });
        });
  }

  private void refuseTooFast(DocumentExchange asked) {
    long wait = rates.ask(asked.caller().principal(), 1, here.seams().nanos().getAsLong());
    if (wait > 0) {
      here.observer().refused(DocumentFault.RATE_LIMITED);
      throw No.tooFast(wait);
    }
  }

  private void handle(DocumentExchange asked) {
    DocumentPath path =
        DocumentPath.of(asked.request().target())
            .orElseThrow(() ->
                No.invalid(
                    "the query's scope is missing or no scope, such as org:123, or the name is"
                        + " none"));
    switch (asked.request().method() + " " + path.place()) {
      case "GET DOCUMENT" -> reading.read(asked, path.document());
      case "PATCH DOCUMENT" -> editing.edit(asked, path.document());
      case "DELETE DOCUMENT" -> editing.delete(asked, path.document());
      case "GET SNAPSHOTS" -> snapshots.list(asked, path.document());
      case "POST SNAPSHOTS" -> snapshots.keep(asked, path.document());
      case "GET SNAPSHOT" -> snapshots.read(asked, path);
      case "DELETE SNAPSHOT" -> snapshots.drop(asked, path);
      case "GET DIFF" -> snapshots.diff(asked, path);
      case "POST RESTORE" -> snapshots.restore(asked, path);
      default -> throw No.wrongMethod(asked.request().method(), allowed(path.place()));
    }
  }

  private static String allowed(Place place) {
    return switch (place) {
      case DOCUMENT -> "GET, PATCH, DELETE";
      case SNAPSHOTS -> "GET, POST";
      case SNAPSHOT -> "GET, DELETE";
      case DIFF -> "GET";
      case RESTORE -> "POST";
    };
  }
}
