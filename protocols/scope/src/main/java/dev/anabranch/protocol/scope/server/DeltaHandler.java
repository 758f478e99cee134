package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.follow.Announcement;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.follow.Subscription;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.link.Cancellable;
import dev.anabranch.link.LinkLoop;
import dev.anabranch.protocol.scope.wire.DeltaPage;
import dev.anabranch.protocol.scope.wire.Problem;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeBodies;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `GET /sync/delta`: changes after a cursor, at once or as soon as there are some.
final class DeltaHandler {
  private final ScopeSession.Surroundings here;
  private final Streams streams;

  /// What is asked for.
  private record Question(ScopeName scope, long lastSyncId, int limit, long waitSeconds) {}

  DeltaHandler(ScopeSession.Surroundings here, Streams streams) {
    this.here = here;
    this.streams = streams;
  }

  void handle(ScopeExchange exchange) {
    ScopeLimits.Http limits = here.policy().limits().http();
    QueryReader query = exchange.query();
    ScopeName scope = query.scope();
    long lastSyncId = query.number("lastSyncId", 0, Long.MAX_VALUE, 0);
    int most = limits.delta().countMax();
    int limit = (int) query.number("limit", 1, most, most);
    long wait = query.number("wait", 0, limits.waitSecondsMax(), 0);
    Refusal refusal = query.refusal();
    if (refusal != null || scope == null) {
      exchange.refuse(
          refusal == null ? new Refusal(ScopeFault.INVALID, "scope is missing") : refusal);
      return;
    }
    Question question = new Question(scope, lastSyncId, limit, wait);
    PageLimit page = new PageLimit(limit, limits.delta().bytesMax());
    exchange.ask(
        here.kernel().read(exchange.caller(), scope, lastSyncId, page),
        reading -> read(exchange, question, reading));
  }

  private void read(ScopeExchange exchange, Question question, Reading reading) {
    switch (reading) {
      case Reading.Refetch(RefetchReason reason) -> refetch(exchange, question, reason);
      case Reading.Page page -> {
        if (page.changes().isEmpty() && question.waitSeconds() > 0) {
          await(exchange, question);
        } else {
          answer(exchange, question, page.changes(), !page.isUpToDate());
        }
      }
    }
  }

  private void answer(
      ScopeExchange exchange, Question question, List<Change> changes, boolean hasMore) {
    long latest = changes.isEmpty() ? question.lastSyncId() : changes.getLast().id();
    exchange.json(
        200,
        ScopeBodies.encode(
            new DeltaPage(ScopeChanges.events(changes, here.kernel().models()), latest, hasMore)));
  }

  private static void refetch(ScopeExchange exchange, Question question, RefetchReason reason) {
    exchange.refuse(
        Problem.refetch(
            reason,
            "the cursor "
                + question.lastSyncId()
                + " of "
                + question.scope()
                + " is of no use: "
                + reason.word()));
  }

  private void await(ScopeExchange exchange, Question question) {
    if (!streams.enter()) {
      exchange.refuse(ScopeFault.UNAVAILABLE, "too many requests wait; ask without wait");
      return;
    }
    exchange.exchange().loop().execute(() -> new Waiter(exchange, question).begin());
  }

  /// Waits for the first changes after the cursor. All calls come on the exchange's loop.
  private final class Waiter implements Follower {
    private final ScopeExchange exchange;
    private final Question question;
    private @Nullable Subscription following;
    private @Nullable Cancellable timeout;
    private boolean over;

    private Waiter(ScopeExchange exchange, Question question) {
      this.exchange = exchange;
      this.question = question;
    }

    private void begin() {
      LinkLoop loop = exchange.exchange().loop();
      exchange.exchange().onClosed(this::end);
      timeout = loop.schedule(Duration.ofSeconds(question.waitSeconds()), this::nothing);
      exchange.exchange().onDraining(this::nothing);
      exchange.then(
          here.kernel()
              .follow(exchange.caller(), question.scope(), question.lastSyncId(), loop, this)
              .whenComplete((answer, failure) -> {
                if (failure != null) {
                  loop.execute(this::end);
                }
              }),
          answer -> loop.execute(() -> begun(answer)));
    }

    private void nothing() {
      finish(() -> answer(exchange, question, List.of(), false));
    }

    private void begun(Answer<Subscription> answer) {
      switch (answer) {
        case Answer.Given<Subscription>(Subscription begun) -> {
          following = begun;
          if (over) {
            begun.cancel();
          }
        }
        case Answer.Refused<Subscription>(Fault fault) ->
            finish(() -> exchange.refuse(ScopeChanges.refusal(fault)));
      }
    }

    private void finish(Runnable answer) {
      if (!over) {
        end();
        exchange.run(answer);
      }
    }

    private void end() {
      if (over) {
        return;
      }
      over = true;
      streams.leave();
      if (timeout != null) {
        timeout.cancel();
      }
      if (following != null) {
        following.cancel();
      }
    }

    @Override
    public boolean isReady() {
      return !over;
    }

    @Override
    public void changes(Announcement next) {
      List<Change> changes = next.changes();
      List<Change> told =
          changes.size() > question.limit() ? changes.subList(0, question.limit()) : changes;
      // One announcement need not be all there is; the scope's head says.
      finish(() ->
          exchange.ask(
              here.kernel().head(exchange.caller(), question.scope()),
              head -> answer(exchange, question, told, head.id() > told.getLast().id())));
    }

    @Override
    public void caughtUp(long lastId) {}

    @Override
    public void present(List<Present> entries) {}

    @Override
    public void refetch(RefetchReason reason) {
      finish(() -> DeltaHandler.refetch(exchange, question, reason));
    }

    @Override
    public void failed(RuntimeException failure) {
      finish(() -> exchange.broke(failure));
    }
  }
}
