package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.StateVector;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.JavaScriptJson;
import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.Exchange;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRequest;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.HttpRouter;
import dev.anabranch.link.RequestHead;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// `GET` and `PATCH /api/document/{name}`: documents for programs that speak no CRDT.
///
/// Reading and editing use a throw-away copy; an edit becomes an update as any other.
public final class DocumentRouter implements HttpRouter {
  private static final int OPERATIONS_MAX = 1_000;

  private final DocumentSession.Surroundings here;

  DocumentRouter(DocumentSession.Surroundings here) {
    this.here = here;
  }

  /// Whether a request is one of ours.
  public static boolean serves(RequestHead head) {
    List<String> segments = head.target().segments();
    return segments.size() > 2
        && segments.get(0).equals("api")
        && segments.get(1).equals(DocumentAddress.MODEL.text())
        && (head.method().equals("GET") || head.method().equals("PATCH"));
  }

  @Override
  public HttpRoute route(RequestHead head) {
    int bytes = head.method().equals("GET") ? 0 : here.policy().limits().requestBytesMax();
    return new HttpRoute(bytes, (request, exchange) -> new Asked(request, exchange).begin());
  }

  /// A no that is answered at once.
  private static final class No extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient HttpAnswer answer;

    private No(int status, String code, String detail) {
      super(detail, null, false, false);
      this.answer = HttpAnswer.problem(status, code, detail);
    }
  }

  /// One request on its way.
  private final class Asked {
    private final HttpRequest request;
    private final Exchange exchange;

    private Asked(HttpRequest request, Exchange exchange) {
      this.request = request;
      this.exchange = exchange;
    }

    private void begin() {
      here.observer().received(request.method());
      attempt(() -> {
        EntityKey key = key();
        String authorization = request.headers().first("Authorization").orElse("");
        String token =
            authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                ? authorization.substring(7).strip()
                : request.target().parameter("token").orElse(null);
        then(
            here.authenticator().authenticate(token, request.peer()),
            answer -> {
              Caller caller = given(answer);
              then(here.shelf().read(caller, key), copy -> answer(caller, key, given(copy)));
            });
      });
    }

    private void answer(Caller caller, EntityKey key, DocumentCopy copy) {
      if (request.method().equals("PATCH")) {
        patch(caller, key, copy);
      } else if (copy.seq() == 0) {
        throw new No(404, "absent", "there is no document " + key.id() + " in " + key.scope());
      } else {
        exchange.answer(read(key, copy));
      }
    }

    private EntityKey key() {
      List<String> segments = request.target().segments();
      Optional<ScopeName> scope = request.target().parameter("scope").flatMap(ScopeName::parse);
      Optional<EntityId> id =
          EntityId.parse(String.join("/", segments.subList(2, segments.size())));
      if (scope.isEmpty() || id.isEmpty()) {
        throw new No(400, "invalid", "the query's scope is missing or no scope, such as org:123");
      }
      return new EntityKey(scope.get(), DocumentAddress.MODEL, id.get());
    }

    // Reading.

    private HttpAnswer read(EntityKey key, DocumentCopy copy) {
      Document document = copy.loaded(here.seams().random());
      List<DocumentRoot> roots = roots(document);
      String accept = request.headers().first("Accept").orElse("");
      HttpAnswer answer;
      if (accept.contains("text/markdown")) {
        String text = ReadDocument.markdown(only(roots).in(document));
        answer = HttpAnswer.of(200, "text/markdown; charset=utf-8", utf8(text));
      } else if (accept.contains("text/plain")) {
        answer = HttpAnswer.text(200, ReadDocument.text(only(roots).in(document)));
      } else {
        answer = HttpAnswer.json(200, utf8(json(key, copy, document, roots)));
      }
      return answer.with("ETag", "\"" + copy.version() + "\"").with("Cache-Control", "no-store");
    }

    private List<DocumentRoot> roots(Document document) {
      List<DocumentRoot> roots = new ArrayList<>();
      for (String asked : request.target().query().getOrDefault("root", List.of())) {
        roots.add(
            DocumentRoot.parse(asked)
                .orElseThrow(() ->
                    new No(
                        400,
                        "invalid",
                        "root is name:text, name:map, name:array or name:xml; the document has "
                            + document.roots().keySet())));
      }
      return roots;
    }

    private static DocumentRoot only(List<DocumentRoot> roots) {
      if (roots.size() != 1) {
        throw new No(400, "invalid", "text has one root: ask with ?root=name:text");
      }
      return roots.getFirst();
    }

    private static String json(
        EntityKey key, DocumentCopy copy, Document document, List<DocumentRoot> roots) {
      Map<String, Any> values = new LinkedHashMap<>();
      roots.forEach(root -> values.put(root.name(), ReadDocument.value(root.in(document))));
      List<Any> names = document.roots().keySet().stream().map(Any::of).toList();
      Map<String, Any> fields = new LinkedHashMap<>();
      fields.put("id", Any.of(key.id().text()));
      fields.put("scope", Any.of(key.scope().text()));
      fields.put("version", Any.of(copy.version()));
      fields.put("stateVector", Any.of(base64(document.stateVector().encode())));
      fields.put("body", Any.of(base64(copy.state().bytes())));
      fields.put("rootNames", new Any.Array(names));
      fields.put("roots", new Any.Object(values));
      return JavaScriptJson.stringify(new Any.Object(fields));
    }

    // Editing.

    private void patch(Caller caller, EntityKey key, DocumentCopy copy) {
      JsonObject body = body();
      List<DocumentOperation> operations = operations(body);
      Document document = copy.loaded(here.seams().random());
      refuseStale(body, operations, document.stateVector());
      UpdateV1 update = edited(document, operations);
      here.policy()
          .accepts(update, key, copy.bytes())
          .ifPresent(no -> {
            here.observer().refused(no.fault());
            throw new No(413, "too_large", no.detail());
          });
      then(
          here.kernel()
              .commit(Commit.of(caller, DocumentChanges.merge(writeKey(), key, List.of(update)))),
          outcomes -> exchange.answer(outcome(key, outcomes.getFirst(), document)));
    }

    private JsonObject body() {
      String type = request.headers().first("Content-Type").orElse("").split(";", 2)[0].strip();
      if (!type.equalsIgnoreCase("application/json")) {
        throw new No(415, "unsupported_media_type", "send Content-Type: application/json");
      }
      JsonLimits limits = new JsonLimits(here.policy().limits().requestBytesMax(), 32, 50_000);
      return switch (new JsonDecoder(limits).decode(request.body())) {
        case Decoded.Value(JsonObject object) -> object;
        case Decoded.Value ignored -> throw new No(400, "invalid", "the body is an object");
        case Decoded.Malformed(String detail) -> throw new No(400, "malformed", detail);
      };
    }

    private static List<DocumentOperation> operations(JsonObject body) {
      if (!(body.get("operations") instanceof JsonArray array)
          || array.values().isEmpty()
          || array.values().size() > OPERATIONS_MAX) {
        throw new No(400, "invalid", "operations is an array of 1 to " + OPERATIONS_MAX);
      }
      try {
        return array.values().stream().map(DocumentOperation::read).toList();
      } catch (DocumentOperation.Misfit misfit) {
        throw new No(400, "invalid", String.valueOf(misfit.getMessage()));
      }
    }

    private static void refuseStale(
        JsonObject body, List<DocumentOperation> operations, StateVector now) {
      Optional<String> said = body.string("stateVector");
      if (said.isEmpty() && operations.stream().anyMatch(DocumentOperation::needsVersion)) {
        throw new No(
            400, "invalid", "an index means something only beside the stateVector it was seen at");
      }
      if (said.isPresent() && !said.get().equals(base64(now.encode()))) {
        throw new No(
            412, "conflict", "the document has moved on; read it again: " + base64(now.encode()));
      }
    }

    private static UpdateV1 edited(Document document, List<DocumentOperation> operations) {
      StateVector before = document.stateVector();
      try {
        document.transact(
            null, transaction -> operations.forEach(operation -> operation.apply(document)));
      } catch (DocumentOperation.Misfit | IllegalStateException misfit) {
        throw new No(400, "invalid", String.valueOf(misfit.getMessage()));
      }
      return document.encodeV1(before);
    }

    /// The same request under the same key is the same write, though its update has other bytes.
    private WriteKey writeKey() {
      Optional<String> chosen = request.headers().first("Idempotency-Key");
      if (chosen.isEmpty()) {
        return new WriteKey("made-" + HexFormat.of().toHexDigits(here.seams().random().nextLong()));
      }
      MessageDigest sha = sha256();
      sha.update(utf8(chosen.get()));
      sha.update((byte) 0);
      sha.update(request.body());
      return new WriteKey("patch/" + HexFormat.of().formatHex(sha.digest()));
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException impossible) {
        throw new AssertionError("every JDK has SHA-256", impossible);
      }
    }

    private static HttpAnswer outcome(EntityKey key, Outcome outcome, Document document) {
      return switch (outcome) {
        case Outcome.Applied applied -> edited(key, applied, document);
        case Outcome.Duplicate(Outcome first) -> outcome(key, first, document);
        case Outcome.Conflict ignored ->
            throw new No(412, "conflict", "the document has another version");
        case Outcome.Refused(Fault fault) when fault.code() == FaultCode.KEY_REUSED ->
            HttpAnswer.json(
                200,
                utf8(
                    JsonObject.EMPTY
                        .with("id", key.id().text())
                        .with("scope", key.scope().text())
                        .with("status", "duplicate")
                        .text()));
        case Outcome.Refused(Fault fault) -> throw no(fault);
      };
    }

    private static HttpAnswer edited(EntityKey key, Outcome.Applied applied, Document document) {
      JsonObject answer =
          JsonObject.EMPTY
              .with("id", key.id().text())
              .with("scope", key.scope().text())
              .with("status", "applied")
              .with("version", applied.version())
              .with("syncId", applied.id())
              .with("stateVector", base64(document.stateVector().encode()));
      return HttpAnswer.json(200, utf8(answer.text()))
          .with("ETag", "\"" + applied.version() + "\"");
    }

    // The way back.

    private static <T> T given(Answer<T> answer) {
      return switch (answer) {
        case Answer.Given<T>(T value) -> value;
        case Answer.Refused<T>(Fault fault) -> throw no(fault);
      };
    }

    private static No no(Fault fault) {
      int status =
          switch (fault.code()) {
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case TOO_LARGE -> 413;
            case RATE_LIMITED -> 429;
            case UNAVAILABLE -> 503;
            default -> 400;
          };
      return new No(status, fault.code().word(), fault.detail());
    }

    private <T> void then(CompletionStage<T> stage, Consumer<T> next) {
      stage.whenComplete((value, failure) -> {
        if (failure == null) {
          attempt(() -> next.accept(value));
        } else {
          broke(DocumentLink.causeOf(failure));
        }
      });
    }

    private void attempt(Runnable task) {
      try {
        task.run();
      } catch (No no) {
        exchange.answer(no.answer);
      } catch (RuntimeException failure) {
        broke(failure);
      }
    }

    private void broke(Throwable failure) {
      if (failure instanceof StoreFailure) {
        exchange.answer(
            HttpAnswer.problem(503, "unavailable", "the server's database is away")
                .with("Retry-After", "1"));
        return;
      }
      here.observer().failed(failure);
      exchange.answer(HttpAnswer.problem(500, "internal", "something broke on our side"));
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] utf8(@Nullable String text) {
    return String.valueOf(text).getBytes(StandardCharsets.UTF_8);
  }
}
