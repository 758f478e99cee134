package dev.anabranch.protocol.scope.wire;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.protocol.scope.wire.BootstrapLine.End;
import dev.anabranch.protocol.scope.wire.BootstrapLine.Item;
import dev.anabranch.protocol.scope.wire.Decoded.Bad;
import dev.anabranch.protocol.scope.wire.Decoded.Good;
import java.util.List;
import java.util.function.Function;

/// Bodies of HTTP requests and answers ↔ what they say: the other half of the codec.
///
/// Decoding never throws: what is wrong comes back as a [Refusal]. Safe to use from many threads.
public final class ScopeBodies {

  /// The media type of a bootstrap line by line.
  public static final String NDJSON = "application/x-ndjson";

  /// The media type of a no (RFC 9457).
  public static final String PROBLEM = "application/problem+json";

  private final JsonDecoder json;

  private ScopeBodies(JsonLimits limits) {
    this.json = new JsonDecoder(limits);
  }

  /// Reads what clients send.
  ///
  /// @param limits of one body
  public static ScopeBodies ofServer(JsonLimits limits) {
    return new ScopeBodies(limits);
  }

  /// Reads what servers send.
  public static ScopeBodies ofClient() {
    return new ScopeBodies(ScopeCodec.TO_CLIENT);
  }

  /// A body that is any object: the fields of `POST /api/{model}`.
  public Decoded<JsonObject> object(byte[] body) {
    return decode(body, Fields::object);
  }

  /// The body of `POST /sync/push`.
  public Decoded<PushBatch> push(byte[] body) {
    return decode(body, PushFormat::readBatch);
  }

  /// The answer to `POST /sync/push`.
  public Decoded<List<PushOutcome>> outcomes(byte[] body) {
    return decode(body, PushFormat::readOutcomes);
  }

  /// The answer to `GET /sync/delta`.
  public Decoded<DeltaPage> delta(byte[] body) {
    return decode(
        body,
        fields ->
            new DeltaPage(
                EventFormat.readAll(fields),
                fields.number("latestSyncId", 0),
                fields.flag("hasMore")));
  }

  /// The answer to `GET /sync/bootstrap`.
  public Decoded<BootstrapPage> bootstrap(byte[] body) {
    return decode(
        body,
        fields ->
            new BootstrapPage(
                RecordFormat.readModels(fields),
                fields.number("lastSyncId", 0),
                fields.textOrNull("next", Integer.MAX_VALUE)));
  }

  /// One line of the answer to `GET /sync/bootstrap` as NDJSON.
  public Decoded<BootstrapLine> line(byte[] line) {
    return decode(
        line,
        fields ->
            fields.has("record")
                ? new Item(
                    fields.name("model", ModelName::parse),
                    RecordFormat.read(Fields.of(fields.object("record"), "record")))
                : new End(
                    fields.number("lastSyncId", 0),
                    fields.number("count", 0),
                    fields.textOrNull("next", Integer.MAX_VALUE)));
  }

  /// The answer to anything under `/api`.
  public Decoded<SyncRecord> item(byte[] body) {
    return decode(body, RecordFormat::read);
  }

  /// One event of `GET /sync/live`: what stands behind `data:`.
  public Decoded<SyncEvent> event(byte[] body) {
    return decode(body, EventFormat::read);
  }

  /// An answer that is a no.
  public Decoded<Problem> problem(byte[] body) {
    return decode(body, ScopeBodies::readProblem);
  }

  private <T> Decoded<T> decode(byte[] body, Function<Fields, T> read) {
    return switch (json.decode(body)) {
      case dev.anabranch.json.Decoded.Malformed(String detail) ->
          new Bad<>(new Refusal(ScopeFault.MALFORMED, detail), null, null);
      case dev.anabranch.json.Decoded.Value(Json value) -> decode(value, read);
    };
  }

  private static <T> Decoded<T> decode(Json value, Function<Fields, T> read) {
    try {
      return new Good<>(read.apply(Fields.of(value, "the body").inside()));
    } catch (Mistake mistake) {
      return new Bad<>(mistake.refusal(), null, null);
    }
  }

  private static Problem readProblem(Fields fields) {
    RefetchReason refetch = fields.has("refetch") ? ToClientFormat.reason(fields, "refetch") : null;
    return new Problem(
        (int) fields.number("status", 100),
        fields.text("code"),
        fields.text("detail"),
        refetch,
        fields.has("current"),
        PushFormat.current(fields));
  }

  /// A push, as `POST /sync/push` takes it.
  public static String encode(PushBatch batch) {
    StringBuilder out = new StringBuilder(256);
    ObjectWriter object = ObjectWriter.begin(out);
    PushFormat.write(batch, object);
    object.end();
    return out.toString();
  }

  /// The answer to a push.
  public static String encodeOutcomes(List<PushOutcome> outcomes) {
    StringBuilder out = new StringBuilder(256);
    ObjectWriter object = ObjectWriter.begin(out);
    PushFormat.writeOutcomes(outcomes, object.name("outcomes"));
    object.end();
    return out.toString();
  }

  /// A page of changes.
  public static String encode(DeltaPage page) {
    StringBuilder out = new StringBuilder(256);
    ObjectWriter object = ObjectWriter.begin(out);
    EventFormat.writeAll(page.events(), object.name("events"));
    object.number("latestSyncId", page.latestSyncId()).flag("hasMore", page.hasMore()).end();
    return out.toString();
  }

  /// A record.
  public static String encode(SyncRecord item) {
    StringBuilder out = new StringBuilder(256);
    write(item, out);
    return out.toString();
  }

  /// A record, among others.
  public static void write(SyncRecord item, StringBuilder out) {
    RecordFormat.write(item, out);
  }

  /// An event.
  public static String encode(SyncEvent event) {
    StringBuilder out = new StringBuilder(256);
    EventFormat.write(event, out);
    return out.toString();
  }

  /// A line of a bootstrap, without the line feed.
  public static String encode(BootstrapLine line) {
    StringBuilder out = new StringBuilder(256);
    ObjectWriter object = ObjectWriter.begin(out);
    switch (line) {
      case Item(ModelName model, SyncRecord item) ->
          RecordFormat.write(item, object.text("model", model.text()).name("record"));
      case End end ->
          object
              .number("lastSyncId", end.lastSyncId())
              .number("count", end.count())
              .textIfThere("next", end.next());
    }
    object.end();
    return out.toString();
  }

  /// A whole page of a bootstrap; servers write it piece by piece in the same shape.
  public static String encode(BootstrapPage page) {
    StringBuilder out = new StringBuilder(256);
    ObjectWriter object = ObjectWriter.begin(out);
    RecordFormat.writeModels(page.models(), object.name("models"));
    object.number("lastSyncId", page.lastSyncId()).textIfThere("next", page.next()).end();
    return out.toString();
  }

  /// A no.
  public static String encode(Problem problem) {
    StringBuilder out = new StringBuilder(256);
    ObjectWriter object = ObjectWriter.begin(out).text("type", "urn:anabranch:" + problem.code());
    ScopeFault.ofCode(problem.code()).ifPresent(fault -> object.text("title", fault.sentence()));
    object
        .number("status", problem.status())
        .text("code", problem.code())
        .text("detail", problem.detail());
    if (problem.refetch() != null) {
      object.text("refetch", problem.refetch().word());
    }
    if (problem.stale()) {
      PushFormat.writeCurrent(problem.current(), object);
    }
    object.end();
    return out.toString();
  }
}
