package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.link.BodyWriter;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.protocol.scope.wire.Problem;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeBodies;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `GET /sync/bootstrap`: all living entities of a scope, streamed page by page.
///
/// The cursor is taken before the first page, so entities may be newer than it, never older. The
/// ETag names the epoch, the scope's head (every change of rights moves it too) and what was asked
/// for; when the head is at hand, an unchanged scope costs no query at all.
final class BootstrapHandler {
  private final ScopeSession.Surroundings here;

  /// What is asked for.
  ///
  /// @param models only these; empty = all
  /// @param limit how many records at most; 0 = all
  /// @param token where to go on; null = at the beginning
  /// @param lines whether as NDJSON
  private record Question(
      ScopeName scope,
      Set<ModelName> models,
      long limit,
      @Nullable PageToken token,
      boolean lines) {

    String tag(long epoch, long head) {
      String asked = models + "/" + limit + "/" + (token == null ? "" : token.text()) + "/" + lines;
      return "W/\"" + epoch + "-" + head + "-" + Integer.toHexString(asked.hashCode()) + "\"";
    }
  }

  BootstrapHandler(ScopeSession.Surroundings here) {
    this.here = here;
  }

  void handle(ScopeExchange exchange) {
    QueryReader query = exchange.query();
    ScopeName scope = query.scope();
    Set<ModelName> models = query.models(here.kernel().models());
    long limit = query.number("limit", 1, here.policy().limits().http().bootstrapCountMax(), 0);
    Optional<String> next = query.text("next");
    Optional<PageToken> token = next.flatMap(PageToken::parse);
    if (next.isPresent() && token.isEmpty()) {
      query.wrong("next is not what an earlier page gave");
    }
    Refusal refusal = query.refusal();
    if (refusal != null || scope == null) {
      exchange.refuse(
          refusal == null ? new Refusal(ScopeFault.INVALID, "scope is missing") : refusal);
      return;
    }
    boolean lines = exchange.request().headers().lists("Accept", ScopeBodies.NDJSON);
    Question question = new Question(scope, models, limit, token.orElse(null), lines);
    exchange.ask(
        here.kernel().head(exchange.caller(), scope), head -> answer(exchange, question, head));
  }

  private void answer(ScopeExchange exchange, Question question, ScopeHead head) {
    long epoch = here.kernel().epoch();
    PageToken token = question.token();
    if (token != null && (token.epoch() != epoch || token.lastSyncId() > head.id())) {
      exchange.refuse(
          Problem.refetch(RefetchReason.EPOCH, "next comes from another history; start again"));
      return;
    }
    Headers headers =
        Headers.of(
            "ETag", question.tag(epoch, head.id()),
            "Vary", "Accept, Accept-Encoding, Authorization",
            "Cache-Control", "private, no-cache");
    if (EntityTags.isKnown(exchange.request().headers(), question.tag(epoch, head.id()))) {
      here.observer().unchanged();
      exchange.answer(new HttpAnswer(304, headers, new byte[0]));
    } else {
      here.observer().bootstrapped();
      long cursor = token == null ? head.id() : token.lastSyncId();
      new Pages(exchange, question, epoch, cursor, headers).begin();
    }
  }

  /// One answer under way. One thread at a time: the kernel's, then the loop's.
  private final class Pages {
    private final ScopeExchange exchange;
    private final Question question;
    private final long epoch;
    private final long cursor;
    private final Headers headers;
    private final BootstrapFormat format;
    private long left;
    private @Nullable BodyWriter body;
    private @Nullable Runnable waiting;

    private Pages(
        ScopeExchange exchange, Question question, long epoch, long cursor, Headers headers) {
      this.exchange = exchange;
      this.question = question;
      this.epoch = epoch;
      this.cursor = cursor;
      this.headers = headers;
      this.format =
          question.lines() ? new BootstrapFormat.Lines() : new BootstrapFormat.OneObject();
      this.left = question.limit() == 0 ? Long.MAX_VALUE : question.limit();
    }

    private void begin() {
      PageToken token = question.token();
      read(token == null ? null : token.place());
    }

    /// Spelled on the kernel's thread, so that a long bootstrap does not hold up the loop.
    @SuppressWarnings("ArrayRecordComponent") // never changed
    private record SpelledPage(byte[] bytes, int count, SnapshotPage.@Nullable Place next) {}

    private void read(SnapshotPage.@Nullable Place after) {
      PageLimit page = here.policy().limits().http().bootstrapPage();
      PageLimit limit = new PageLimit((int) Math.min(left, page.countMax()), page.bytesMax());
      here.kernel()
          .snapshot(exchange.caller(), question.scope(), question.models(), after, limit)
          .thenApply(answer -> answer.map(this::spelled))
          .whenComplete((answer, failure) ->
              exchange
                  .exchange()
                  .loop()
                  .execute(() ->
                      exchange.run(() -> {
                        if (failure == null) {
                          next(answer);
                        } else {
                          broke(SessionLink.causeOf(failure));
                        }
                      })));
    }

    private SpelledPage spelled(SnapshotPage page) {
      return new SpelledPage(format.entities(page.entities()), page.entities().size(), page.next());
    }

    private void next(Answer<SpelledPage> answer) {
      switch (answer) {
        case Answer.Given<SpelledPage>(SpelledPage page) -> write(page);
        case Answer.Refused<SpelledPage> refused -> {
          abort();
          exchange.refuse(ScopeChanges.refusal(refused.fault()));
        }
      }
    }

    private void write(SpelledPage page) {
      BodyWriter to = body();
      if (to == null || to.closed()) {
        return;
      }
      left -= page.count();
      SnapshotPage.Place place = page.next();
      if (place == null || left == 0) {
        to.write(page.bytes());
        String token = place == null ? null : new PageToken(epoch, cursor, place).text();
        to.write(format.end(cursor, token));
        to.finish();
        return;
      }
      // The next page is read while this one is compressed and sent; it comes back to this loop.
      if (to.writable()) {
        read(place);
      } else {
        waiting = () -> read(place);
      }
      to.write(page.bytes());
    }

    private @Nullable BodyWriter body() {
      if (body == null && exchange.claim()) {
        BodyWriter begun =
            exchange.exchange().stream(200, headers.with("Content-Type", format.contentType()));
        begun.onWritable(this::goOn);
        body = begun;
      }
      return body;
    }

    private void goOn() {
      Runnable task = waiting;
      if (task != null) {
        waiting = null;
        exchange.run(task);
      }
    }

    /// The peer sees a broken answer and does not take it for a whole one.
    private void abort() {
      if (body != null) {
        body.abort();
      }
    }

    private void broke(Throwable failure) {
      abort();
      exchange.broke(failure);
    }
  }
}
