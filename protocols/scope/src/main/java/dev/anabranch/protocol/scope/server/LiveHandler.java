package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.follow.Announcement;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.follow.Subscription;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.link.BodyWriter;
import dev.anabranch.link.Cancellable;
import dev.anabranch.link.Headers;
import dev.anabranch.link.LinkLoop;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeBodies;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `GET /sync/live`: a scope's changes as server-sent events (WHATWG HTML, 9.2), so that `curl` or
/// an `EventSource` can watch it.
///
/// A refetch is an event and the end of a 200, never another status: an `EventSource` does not come
/// back after one.
final class LiveHandler {
  private final ScopeSession.Surroundings here;
  private final Streams streams;

  LiveHandler(ScopeSession.Surroundings here, Streams streams) {
    this.here = here;
    this.streams = streams;
  }

  void handle(ScopeExchange exchange) {
    QueryReader query = exchange.query();
    ScopeName scope = query.scope();
    long asked = query.number("lastSyncId", 0, Long.MAX_VALUE, -1);
    long resumed = lastEventId(exchange, query);
    Refusal refusal = query.refusal();
    if (refusal != null || scope == null) {
      exchange.refuse(
          refusal == null ? new Refusal(ScopeFault.INVALID, "scope is missing") : refusal);
    } else if (resumed >= 0 || asked >= 0) {
      begin(exchange, scope, resumed >= 0 ? resumed : asked);
    } else {
      exchange.ask(
          here.kernel().head(exchange.caller(), scope), head -> begin(exchange, scope, head.id()));
    }
  }

  /// What an `EventSource` that comes back saw last; −1 = it is new.
  private static long lastEventId(ScopeExchange exchange, QueryReader query) {
    Optional<String> text = exchange.request().headers().first("Last-Event-ID");
    if (text.isEmpty() || text.get().isEmpty()) {
      return -1;
    }
    long id = QueryReader.parse(text.get()).orElse(-1L);
    if (id < 0) {
      query.wrong("Last-Event-ID is not the id of an event: " + text.get());
    }
    return id;
  }

  private void begin(ScopeExchange exchange, ScopeName scope, long after) {
    if (streams.enter()) {
      exchange.exchange().loop().execute(() -> new Stream(exchange, scope).begin(after));
    } else {
      exchange.refuse(ScopeFault.UNAVAILABLE, "too many streams are open; try again later");
    }
  }

  /// Changes as events, spelled once for all streams of a loop.
  @SuppressWarnings("ArrayRecordComponent") // never changed
  private record Spelled(byte[] bytes) implements AutoCloseable {

    static Spelled of(List<Change> changes, Models models) {
      StringBuilder text = new StringBuilder(512);
      for (Change change : changes) {
        text.append("id: ").append(change.id()).append("\nevent: sync\ndata: ");
        text.append(ScopeBodies.encode(ScopeChanges.event(change, models))).append("\n\n");
      }
      return new Spelled(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {}
  }

  /// One stream. All calls come on the exchange's loop.
  private final class Stream implements Follower {
    private static final Headers HEADERS =
        Headers.of("Content-Type", "text/event-stream", "Cache-Control", "no-store");

    private final ScopeExchange exchange;
    private final ScopeName scope;
    private @Nullable BodyWriter body;
    private @Nullable Subscription following;
    private @Nullable Cancellable heartbeat;
    private boolean over;

    private Stream(ScopeExchange exchange, ScopeName scope) {
      this.exchange = exchange;
      this.scope = scope;
    }

    private void begin(long after) {
      LinkLoop loop = exchange.exchange().loop();
      exchange.exchange().onClosed(this::end);
      exchange.exchange().onDraining(this::finish);
      exchange.then(
          here.kernel()
              .follow(exchange.caller(), scope, after, loop, this)
              .whenComplete((answer, failure) -> {
                if (failure != null) {
                  loop.execute(this::end);
                }
              }),
          answer -> loop.execute(() -> begun(answer)));
    }

    private void begun(Answer<Subscription> answer) {
      switch (answer) {
        case Answer.Given<Subscription>(Subscription begun) -> {
          following = begun;
          if (over) {
            begun.cancel();
          } else {
            body();
          }
        }
        case Answer.Refused<Subscription>(Fault fault) -> {
          end();
          exchange.refuse(ScopeChanges.refusal(fault));
        }
      }
    }

    /// The body, begun with the first thing that is to be said.
    private @Nullable BodyWriter body() {
      if (body == null && !over && exchange.claim()) {
        BodyWriter begun = exchange.exchange().stream(200, HEADERS);
        begun.onWritable(this::writable);
        body = begun;
        beatLater();
      }
      return body;
    }

    private void writable() {
      if (following != null && !over) {
        following.resume();
      }
    }

    private void beatLater() {
      Duration pause = Duration.ofMillis(here.policy().limits().http().heartbeatMillis());
      heartbeat = exchange.exchange().loop().schedule(pause, this::beat);
    }

    private void beat() {
      if (!over) {
        if (isReady()) {
          say(": still here\n\n");
        }
        beatLater();
      }
    }

    private void say(String text) {
      say(text.getBytes(StandardCharsets.UTF_8));
    }

    private void say(byte[] text) {
      BodyWriter to = body();
      if (to != null && !over) {
        to.write(text);
        to.flush();
      }
    }

    /// Ends well, even before anything was said: an `EventSource` comes back after a 200.
    private void finish() {
      BodyWriter to = body();
      end();
      if (to != null) {
        to.finish();
      }
    }

    private void end() {
      if (over) {
        return;
      }
      over = true;
      streams.leave();
      if (heartbeat != null) {
        heartbeat.cancel();
      }
      if (following != null) {
        following.cancel();
      }
    }

    @Override
    public boolean isReady() {
      return !over && (body == null || body.writable());
    }

    @Override
    public void changes(Announcement next) {
      Models models = here.kernel().models();
      say(next.encodedBy(Spelled.class, changes -> Spelled.of(changes, models)).bytes());
    }

    @Override
    public void caughtUp(long lastId) {
      JsonObject data =
          JsonObject.of("scope", new JsonString(scope.text())).with("lastSyncId", lastId);
      say("id: " + lastId + "\nevent: live\ndata: " + data.text() + "\n\n");
    }

    @Override
    public void present(List<Present> entries) {}

    /// The empty `id` makes an `EventSource` forget the cursor that is of no use.
    @Override
    public void refetch(RefetchReason reason) {
      JsonObject data =
          JsonObject.of("scope", new JsonString(scope.text())).with("reason", reason.word());
      here.observer().refused(ScopeFault.REFETCH);
      say("id\nevent: refetch\ndata: " + data.text() + "\n\n");
      finish();
    }

    @Override
    public void failed(RuntimeException failure) {
      here.observer().failed(failure);
      BodyWriter to = body;
      end();
      if (to != null) {
        to.abort();
      } else {
        exchange.broke(failure);
      }
    }
  }
}
