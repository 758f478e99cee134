package dev.anabranch.protocol.document.server;

import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.Exchange;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRequest;
import dev.anabranch.protocol.document.wire.DocumentFault;
import dev.anabranch.protocol.document.wire.DocumentProblem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One request on its way: who asks, what the kernel says, and every no.
final class DocumentExchange {
  private static final Pattern VERSION = Pattern.compile("\"?(\\d{1,18})\"?");

  private final DocumentSession.Surroundings here;
  private final DocumentTurns turns;
  private final HttpRequest request;
  private final Exchange exchange;
  private @Nullable Caller caller;
  private DocumentTurns.@Nullable Turn turn;

  DocumentExchange(
      DocumentSession.Surroundings here,
      DocumentTurns turns,
      HttpRequest request,
      Exchange exchange) {
    this.here = here;
    this.turns = turns;
    this.request = request;
    this.exchange = exchange;
  }

  /// Finds out who asks, and goes on.
  void begin(Runnable next) {
    here.observer().received(request.method());
    attempt(() -> {
      String authorization = request.headers().first("Authorization").orElse("");
      String token =
          authorization.regionMatches(true, 0, "Bearer ", 0, 7)
              ? authorization.substring(7).strip()
              : request.target().parameter("token").orElse(null);
      ask(
          here.authenticator().authenticate(token, request.peer(), Authenticator.REQUEST),
          known -> {
            caller = known;
            next.run();
          });
    });
  }

  HttpRequest request() {
    return request;
  }

  Caller caller() {
    return Objects.requireNonNull(caller, "a request that has begun has a caller");
  }

  void answer(HttpAnswer answer) {
    try {
      exchange.answer(answer);
    } finally {
      endTurn();
    }
  }

  /// Goes on when it is this request's turn to have documents in memory. Its turn ends when it is
  /// answered, or commits what it made of them.
  void inTurn(Runnable next) {
    DocumentTurns.Turn asked =
        turns.of(
            exchange,
            () -> attempt(next),
            () -> {
              here.observer().refused(DocumentFault.UNAVAILABLE);
              answer(No.busy().answer());
            });
    turn = asked;
    asked.ask();
  }

  private void endTurn() {
    DocumentTurns.Turn ended = turn;
    if (ended != null) {
      ended.end();
    }
  }

  /// Goes on with what a stage gives, or answers its no.
  <T> void ask(CompletionStage<Answer<T>> stage, Consumer<T> next) {
    then(
        stage,
        answer -> {
          switch (answer) {
            case Answer.Given<T>(T value) -> next.accept(value);
            case Answer.Refused<T>(Fault fault) -> throw No.of(fault);
          }
        });
  }

  // Bodies.

  /// The body as a JSON object; an empty body is an empty object.
  JsonObject body() {
    String type = request.headers().first("Content-Type").orElse("").split(";", 2)[0].strip();
    if (!type.equalsIgnoreCase("application/json")) {
      throw new No(DocumentProblem.UNSUPPORTED_MEDIA_TYPE, "send Content-Type: application/json");
    }
    if (request.body().length == 0) {
      return JsonObject.EMPTY;
    }
    JsonLimits limits = new JsonLimits(here.policy().limits().requestBytesMax(), 32, 50_000);
    return switch (new JsonDecoder(limits).decode(request.body())) {
      case Decoded.Value(JsonObject object) -> object;
      case Decoded.Value ignored -> throw No.invalid("the body is an object");
      case Decoded.Malformed(String detail) -> throw new No(DocumentProblem.MALFORMED, detail);
    };
  }

  // Writing.

  /// A write that was accepted.
  ///
  /// @param again whether it was so before, and this request repeats that one
  record Committed(Outcome.Applied applied, boolean again) {}

  /// Whether the writer chose a key, so that a retry must find the first answer.
  boolean isRepeatable() {
    return request.headers().contains("Idempotency-Key");
  }

  /// The version that the writer saw (`If-Match: 7` or `"7"`), if it says so; 0 = it saw none.
  Optional<Long> expectedVersion() {
    return request
        .headers()
        .combined("If-Match")
        .map(text -> {
          Matcher version = VERSION.matcher(text.strip());
          if (!version.matches()) {
            throw No.invalid("If-Match is a version, such as \"7\"");
          }
          return Long.parseLong(version.group(1));
        });
  }

  /// The writer's key, or one that nobody else uses.
  WriteKey key() {
    return request
        .headers()
        .combined("Idempotency-Key")
        .map(value ->
            Headers.utf8(value)
                .flatMap(WriteKey::parse)
                .orElseThrow(() ->
                    No.invalid(
                        "Idempotency-Key is not 1 to "
                            + WriteKey.BYTES_MAX
                            + " plain bytes of UTF-8")))
        .orElseGet(() ->
            new WriteKey("made-" + HexFormat.of().toHexDigits(here.seams().random().nextLong())));
  }

  /// The delete that this request asks for; with `erase=true` what the log says goes too.
  Write delete(EntityKey entity) {
    Write delete = Write.delete(key(), entity);
    return switch (request.target().parameter("erase").orElse("false")) {
      case "true" -> delete.erasing(caller().erasable(entity.scope()));
      case "false" -> delete;
      default -> throw No.invalid("erase is true or false");
    };
  }

  /// The key of one of several writes of a request: the same for the same request under its key.
  ///
  /// @param key of the request
  static WriteKey part(WriteKey key, int index) {
    byte[] digest = sha256().digest((index + " " + key).getBytes(StandardCharsets.UTF_8));
    return new WriteKey("part-" + HexFormat.of().formatHex(digest));
  }

  /// Commits a write that was made of this request. The same request under the same key is the same
  /// write, though another state of the document makes other bytes of it.
  ///
  /// @param conflict what a conflict means here
  void commit(Write write, String conflict, Consumer<Committed> next) {
    settle(write, next, current -> No.conflict(conflict, current));
  }

  /// Gives the first answer to this request if its key has one; otherwise says no, and of a
  /// conflict what it met.
  ///
  /// @param never a write of the thing that is never accepted: it expects what cannot be
  void answeredBefore(Write never, Consumer<Committed> next, No no) {
    if (isRepeatable()) {
      settle(never, next, no::met);
    } else if (no.isConflict()) {
      ask(
          here.kernel().entity(caller(), never.entity()),
          current -> {
            throw no.met(current.orElse(null));
          });
    } else {
      throw no;
    }
  }

  /// Goes on with the first answer to this request if its key has one; else as if it were the
  /// first.
  ///
  /// @param never a write that is never accepted: it expects what cannot be
  /// @param before what was applied then
  /// @param conflict what is said where a conflict was answered then
  void unlessAnswered(
      Write never, Consumer<Outcome.Applied> before, String conflict, Runnable otherwise) {
    if (!isRepeatable()) {
      otherwise.run();
      return;
    }
    // An atomic call that fails uses no key up: the request itself can still be answered under it.
    Commit asked = new Commit(caller(), List.of(never.madeOf(identity())), true);
    then(
        here.kernel().commit(asked),
        outcomes -> {
          if (outcomes.getFirst() instanceof Outcome.Conflict) {
            otherwise.run();
          } else {
            before.accept(
                committed(outcomes.getFirst(), current -> No.conflict(conflict, current))
                    .applied());
          }
        });
  }

  /// Commits writes that were made of this request, all or none. What it came to is what the last
  /// one did, under the request's key.
  ///
  /// @param writes the last under [#key], the others under a [#part] of it
  /// @param conflict what a conflict means here
  void commitAll(List<Write> writes, String conflict, Consumer<Committed> next) {
    endTurn();
    List<Write> made = writes.stream().map(write -> write.madeOf(identity())).toList();
    then(
        here.kernel().commit(new Commit(caller(), made, true)),
        outcomes ->
            next.accept(committed(decisive(outcomes), current -> No.conflict(conflict, current))));
  }

  /// Of an atomic call: why it failed, or what the last write came to.
  private static Outcome decisive(List<Outcome> outcomes) {
    return outcomes.stream()
        .filter(outcome ->
            outcome instanceof Outcome.Conflict
                || (outcome instanceof Outcome.Refused(Fault fault)
                    && fault.code() != FaultCode.BATCH_ABORTED))
        .findFirst()
        .orElse(outcomes.getLast());
  }

  private void settle(Write write, Consumer<Committed> next, Conflict conflict) {
    endTurn();
    then(
        here.kernel().commit(Commit.of(caller(), write.madeOf(identity()))),
        outcomes -> next.accept(committed(outcomes.getFirst(), conflict)));
  }

  /// What is said of a conflict.
  private interface Conflict {
    /// @param current what the write met; null = it never lived
    No with(@Nullable Entity current);
  }

  private static Committed committed(Outcome outcome, Conflict conflict) {
    boolean again = outcome instanceof Outcome.Duplicate;
    return switch (outcome instanceof Outcome.Duplicate(Outcome first) ? first : outcome) {
      case Outcome.Applied applied -> new Committed(applied, again);
      case Outcome.Conflict(Entity current) -> throw conflict.with(current);
      case Outcome.Refused(Fault fault) -> throw No.of(fault);
      case Outcome.Duplicate ignored ->
          throw new IllegalStateException("an answer that is a duplicate of a duplicate");
    };
  }

  private Bytes identity() {
    MessageDigest sha = sha256();
    sha.update((request.method() + " " + request.target().path()).getBytes(StandardCharsets.UTF_8));
    sha.update((byte) 0);
    return Bytes.of(sha.digest(request.body()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
  }

  // The way back.

  /// Goes on with what a stage gives.
  <T> void then(CompletionStage<T> stage, Consumer<T> next) {
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
      answer(no.answer());
    } catch (RuntimeException | Error failure) {
      // Also where a document does not fit into memory: the request has an answer and ends its
      // turn.
      broke(failure);
    }
  }

  private void broke(Throwable failure) {
    if (failure instanceof StoreFailure) {
      answer(No.answer(DocumentProblem.UNAVAILABLE, "the server's database is away"));
      return;
    }
    endTurn();
    here.observer().failed(failure);
    answer(No.answer(DocumentProblem.INTERNAL, "something broke on our side"));
  }
}
