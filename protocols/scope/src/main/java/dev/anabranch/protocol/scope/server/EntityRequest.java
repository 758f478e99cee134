package dev.anabranch.protocol.scope.server;

import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.CausalClaim;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpRequest;
import dev.anabranch.protocol.scope.wire.Decoded;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeBodies;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a request under `/api` says: pure.
///
/// @param scope from the body or the query, which must agree
/// @param model the canonical name
/// @param id from the path or the body; null = the client left it to the server
/// @param fields the entity's own fields
/// @param key `Idempotency-Key`; null = absent
/// @param expectedVersion `If-Match`, or 0 for `If-None-Match: *`; null = absent
/// @param claim `Anabranch-Device`; null = absent
/// @param erases whether what the log says of the entity goes too (`erase=true` of a delete)
record EntityRequest(
    ScopeName scope,
    ModelName model,
    @Nullable EntityId id,
    JsonObject fields,
    @Nullable WriteKey key,
    @Nullable Long expectedVersion,
    @Nullable CausalClaim claim,
    boolean erases) {

  /// Reads a request, body and all.
  static Decoded<EntityRequest> of(HttpRequest request, Models models, JsonLimits limits) {
    return new Reader(request, models, limits).read();
  }

  /// Reads one request; the first thing that does not fit is remembered.
  private static final class Reader {
    private final HttpRequest request;
    private final Models models;
    private final JsonLimits limits;
    private @Nullable Refusal refusal;

    private Reader(HttpRequest request, Models models, JsonLimits limits) {
      this.request = request;
      this.models = models;
      this.limits = limits;
    }

    private Decoded<EntityRequest> read() {
      JsonObject body = body();
      ScopeName scope = scope(body);
      ModelName model = model();
      EntityId id = id(body);
      JsonObject fields = body.without("id").without("scope");
      ScopePolicy.permitsFields(fields).ifPresent(this::wrong);
      WriteKey key = key();
      Long expectedVersion = expectedVersion();
      CausalClaim claim = claim();
      boolean erases = erases();
      if (refusal != null || scope == null || model == null) {
        Refusal why = refusal;
        return new Decoded.Bad<>(
            why == null ? new Refusal(ScopeFault.INVALID, "scope is missing") : why, null, null);
      }
      return new Decoded.Good<>(
          new EntityRequest(scope, model, id, fields, key, expectedVersion, claim, erases));
    }

    private JsonObject body() {
      if (request.body().length == 0 && !request.method().equals("POST")) {
        return JsonObject.EMPTY;
      }
      Optional<Refusal> unreadable = ScopePolicy.reads(request.headers());
      if (unreadable.isPresent()) {
        wrong(unreadable.get());
        return JsonObject.EMPTY;
      }
      return switch (ScopeBodies.ofServer(limits).object(request.body())) {
        case Decoded.Good<JsonObject>(JsonObject object) -> object;
        case Decoded.Bad<JsonObject> bad -> {
          wrong(bad.refusal());
          yield JsonObject.EMPTY;
        }
      };
    }

    private @Nullable ScopeName scope(JsonObject body) {
      QueryReader query = new QueryReader(request.target());
      ScopeName asked = query.scopeIfThere();
      if (query.refusal() != null) {
        wrong(query.refusal());
      }
      Json named = body.get("scope");
      if (named == null) {
        if (asked == null) {
          wrong("scope is missing; it stands in the body or the query");
        }
        return asked;
      }
      ScopeName inBody =
          named instanceof JsonString(String text) ? ScopeName.parse(text).orElse(null) : null;
      if (inBody == null) {
        wrong("scope is not a scope's name, such as org:123");
      } else if (asked != null && !asked.equals(inBody)) {
        wrong("the body's scope is " + inBody + " and the query's is " + asked);
      }
      return inBody;
    }

    private @Nullable ModelName model() {
      String spelling = request.target().segments().get(1);
      Optional<ModelName> model = models.canonical(spelling);
      if (model.isEmpty()) {
        wrong("not a model's name: " + spelling);
      }
      return model.orElse(null);
    }

    private @Nullable EntityId id(JsonObject body) {
      List<String> segments = request.target().segments();
      EntityId inPath = segments.size() < 3 ? null : id(segments.get(2));
      Json named = body.get("id");
      if (named == null) {
        return inPath;
      }
      EntityId inBody = named instanceof JsonString(String text) ? id(text) : null;
      if (inBody == null) {
        wrong("id is not 1 to " + EntityId.BYTES_MAX + " plain bytes of text");
      } else if (inPath != null && !inPath.equals(inBody)) {
        wrong("the body's id is " + inBody + " and the path's is " + inPath);
      }
      return inBody;
    }

    private @Nullable EntityId id(String text) {
      Optional<EntityId> id = EntityId.parse(text);
      if (id.isEmpty()) {
        wrong("id is not 1 to " + EntityId.BYTES_MAX + " plain bytes of text");
      }
      return id.orElse(null);
    }

    private @Nullable WriteKey key() {
      Optional<String> text = request.headers().combined("Idempotency-Key");
      Optional<WriteKey> key = text.flatMap(Headers::utf8).flatMap(WriteKey::parse);
      if (text.isPresent() && key.isEmpty()) {
        wrong("Idempotency-Key is not 1 to " + WriteKey.BYTES_MAX + " plain bytes of UTF-8");
      }
      return key.orElse(null);
    }

    private @Nullable Long expectedVersion() {
      Headers headers = request.headers();
      Optional<String> match = headers.combined("If-Match");
      Optional<String> noneMatch = headers.combined("If-None-Match");
      if (match.isPresent() && noneMatch.isPresent()) {
        wrong("If-Match and If-None-Match exclude each other");
      }
      if (noneMatch.isPresent() && !request.method().equals("GET")) {
        if (!noneMatch.get().strip().equals("*")) {
          wrong("If-None-Match of a write is *, or absent");
        }
        return 0L;
      }
      if (match.isEmpty() || match.get().strip().equals("*")) {
        return null;
      }
      Optional<Long> version = EntityTags.version(match.get());
      if (version.isEmpty()) {
        wrong("If-Match is a version, such as 3 or \"3\"");
      }
      return version.orElse(null);
    }

    private @Nullable CausalClaim claim() {
      Optional<String> text = request.headers().combined(ScopeGateway.DEVICE_HEADER);
      Optional<DeviceId> device = text.flatMap(ScopeGateway::deviceOf);
      if (text.isPresent() && device.isEmpty()) {
        wrong(ScopeGateway.NO_DEVICE);
      }
      return device.map(CausalClaim::of).orElse(null);
    }

    private boolean erases() {
      QueryReader query = new QueryReader(request.target());
      boolean erases = query.flag("erase");
      if (query.refusal() != null) {
        wrong(query.refusal());
      } else if (erases && !request.method().equals("DELETE")) {
        wrong("erase is for a DELETE");
      }
      return erases;
    }

    private void wrong(String detail) {
      wrong(new Refusal(ScopeFault.INVALID, detail));
    }

    private void wrong(Refusal found) {
      if (refusal == null) {
        refusal = found;
      }
    }
  }
}
