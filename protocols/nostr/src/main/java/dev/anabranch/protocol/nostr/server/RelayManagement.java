package dev.anabranch.protocol.nostr.server;

import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.Exchange;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRequest;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.rule.HttpAuthentication;
import dev.anabranch.nostr.text.Parsed;
import dev.anabranch.protocol.nostr.server.Identities.Identity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The management API (NIP-86): `{"method","params"}` over POST, signed by an administrator
/// (NIP-98), answered by `{"result"}` or `{"error"}`.
///
/// 400 is no such request, 401 no proof that counts, 403 somebody else's, 503 a database that is
/// away; a method that fails is answered with 200 and its error.
public final class RelayManagement {

  /// The type of requests and answers.
  public static final String CONTENT_TYPE = "application/nostr+json+rpc";

  private static final String USED = "the proof was used before; sign each request anew";
  private static final int BODY_BYTES_MAX = 16 * 1024;
  private static final int PROOFS_MAX = 10_000;
  private static final JsonDecoder DECODER =
      new JsonDecoder(new JsonLimits(BODY_BYTES_MAX, 8, 1_000));

  private final Set<PublicKey> administrators;
  private final Identities identities;
  private final RelayUrls urls;
  private final ManagementMethods methods;
  private final NostrSeams seams;
  private final NostrObserver observer;
  private final SpentProofs spent;

  /// An API over a book.
  ///
  /// @param administrators whose requests are heard; nobody's when empty
  /// @param urls how a proof may spell the relay's address
  public RelayManagement(
      ManagementMethods methods,
      Set<PublicKey> administrators,
      Identities identities,
      RelayUrls urls,
      NostrSeams seams,
      NostrObserver observer) {
    this.methods = methods;
    this.administrators = Set.copyOf(administrators);
    this.identities = identities;
    this.urls = urls;
    this.seams = seams;
    this.observer = observer;
    this.spent =
        new SpentProofs(nowSeconds(), 2 * HttpAuthentication.SKEW_SECONDS_MAX + 1, PROOFS_MAX);
  }

  private long nowSeconds() {
    return seams.clock().millis() / 1000;
  }

  /// Whether a request is for the API, by its type.
  public static boolean isMeant(Headers headers) {
    return headers
        .first("Content-Type")
        .filter(type -> type.toLowerCase(Locale.ROOT).startsWith(CONTENT_TYPE))
        .isPresent();
  }

  /// Where requests go.
  public HttpRoute route() {
    return new HttpRoute(
        BODY_BYTES_MAX,
        (request, exchange) -> seams.verifiers().execute(() -> handle(request, exchange)));
  }

  private void handle(HttpRequest request, Exchange exchange) {
    CompletionStage<HttpAnswer> answer;
    try {
      answer = answer(request);
    } catch (RuntimeException bug) {
      answer = CompletableFuture.failedFuture(bug);
    }
    answer.whenComplete((given, failure) ->
        exchange.answer(RelayInformation.open(failure == null ? given : failed(failure))));
  }

  private HttpAnswer failed(Throwable failure) {
    Throwable cause = NostrLink.causeOf(failure);
    if (cause instanceof StoreFailure) {
      return error(503, "the relay's database is away; ask again in a moment");
    }
    observer.failed(cause);
    return error(500, "something broke on our side; the server's log says more");
  }

  private CompletionStage<HttpAnswer> answer(HttpRequest request) {
    Parsed<Event> proof = proof(request.headers().first("Authorization").orElse(""), request);
    if (proof instanceof Parsed.Malformed<Event>(String detail)) {
      return CompletableFuture.completedFuture(unauthorized(detail));
    }
    Event event = proof.orThrow();
    long nowSeconds = nowSeconds();
    HttpAnswer no = refuses(event, nowSeconds);
    if (no != null) {
      return CompletableFuture.completedFuture(no);
    }
    return identities
        .of(event.author())
        .thenCompose(known ->
            switch (known) {
              case Answer.Given<Identity> ignored -> once(event, request, nowSeconds);
              case Answer.Refused<Identity>(Fault fault) -> {
                observer.refused(NostrFault.RESTRICTED);
                yield CompletableFuture.completedFuture(error(403, fault.detail()));
              }
            });
  }

  private CompletionStage<HttpAnswer> once(Event event, HttpRequest request, long nowSeconds) {
    if (event.createdAtSeconds() < nowSeconds) {
      return called(request); // after a restart it is too old
    }
    return methods
        .useUp(
            event.id(), event.createdAtSeconds() + HttpAuthentication.SKEW_SECONDS_MAX, nowSeconds)
        .thenCompose(fault ->
            fault.isEmpty()
                ? called(request)
                : CompletableFuture.completedFuture(unspent(fault.get())));
  }

  private HttpAnswer unspent(Fault fault) {
    return fault.code() == FaultCode.SUPERSEDED
        ? unauthorized(USED)
        : error(503, fault.detail() + "; sign the request at the server's time");
  }

  private CompletionStage<HttpAnswer> called(HttpRequest request) {
    if (!(DECODER.decode(request.body()) instanceof Decoded.Value(JsonObject call))
        || call.string("method").isEmpty()) {
      return CompletableFuture.completedFuture(
          error(400, "the body must be {\"method\": \"…\", \"params\": […]}"));
    }
    Json params = call.get("params");
    List<Json> given =
        params instanceof JsonArray(List<Json> values)
            ? values
            : params == null || params instanceof JsonNull ? List.of() : List.of(params);
    String method = call.string("method").orElseThrow();
    observer.received("Manage");
    try {
      return methods
          .call(method, given)
          .thenApply(result -> json(200, JsonObject.of("result", result)))
          .exceptionallyCompose(failure ->
              NostrLink.causeOf(failure) instanceof ManagementMethods.Wrong wrong
                  ? CompletableFuture.completedFuture(error(200, wrong.detail()))
                  : CompletableFuture.failedStage(failure));
    } catch (ManagementMethods.Wrong wrong) {
      return CompletableFuture.completedFuture(error(200, wrong.detail()));
    }
  }

  /// Why a request is not heard; null when it is an administrator's, for the first time since the
  /// start.
  private @Nullable HttpAnswer refuses(Event event, long nowSeconds) {
    if (!administrators.contains(event.author())) {
      observer.refused(NostrFault.RESTRICTED);
      return error(403, "the key is no administrator's; they are listed in nostr.administrators");
    }
    return switch (spent.spend(event.id(), event.createdAtSeconds(), nowSeconds)) {
      case SPENT -> null;
      case USED -> unauthorized(USED);
      case TOO_OLD -> unauthorized("the proof was signed before the relay began; sign it anew");
      case FULL -> {
        observer.refused(NostrFault.RATE_LIMITED);
        yield error(429, "too many requests lately; slow down").with("Retry-After", "60");
      }
    };
  }

  private Parsed<Event> proof(String header, HttpRequest request) {
    List<String> spellings = urls.of(request);
    if (spellings.isEmpty()) {
      return new Parsed.Malformed<>("ask the address that nostr.url says, without a query");
    }
    HttpAuthentication.Request asked =
        new HttpAuthentication.Request(spellings.getFirst(), request.method(), request.body());
    return switch (HttpAuthentication.parse(header, spellings, asked, true, nowSeconds())) {
      case Parsed.Value<VerifiedEvent>(VerifiedEvent proof) -> new Parsed.Value<>(proof.event());
      case Parsed.Malformed<VerifiedEvent>(String detail) -> new Parsed.Malformed<>(detail);
    };
  }

  private HttpAnswer unauthorized(String detail) {
    observer.refused(NostrFault.AUTH_REQUIRED);
    return error(401, detail).with("WWW-Authenticate", "Nostr");
  }

  private static HttpAnswer error(int status, String detail) {
    return json(status, JsonObject.of("error", new JsonString(detail)));
  }

  private static HttpAnswer json(int status, JsonObject body) {
    return HttpAnswer.of(status, CONTENT_TYPE, body.text().getBytes(StandardCharsets.UTF_8));
  }
}
