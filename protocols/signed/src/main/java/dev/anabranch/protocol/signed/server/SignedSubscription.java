package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.follow.Announcement;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.follow.Subscription;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.protocol.signed.wire.FrameSplitter;
import dev.anabranch.protocol.signed.wire.ServerFrames;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One session's way through one scope: a snapshot if it has nothing, catch-up, then live.
///
/// ```
///   cursor 0: SNAPSHOT ──last page──▶ FOLLOWING ──caught up──▶ LIVE
///   cursor N: ───────────────────────▶    │                      │
///       refused, lost, refetch, cancelled: ENDED ◀───────────────┘
/// ```
///
/// All calls come on the session's loop. Nothing is queued here: while the outbox is full, the next
/// page is not read and the following pauses in the kernel.
final class SignedSubscription implements Follower {

  /// How it ended.
  enum End {
    /// The principal may not read the scope.
    FORBIDDEN,
    /// The client must take the scope anew.
    REFETCH,
    /// The store was away before it was live; it can go on at [#cursor].
    LOST,
    /// The principal's rights changed; it may be that it still has some.
    RIGHTS_CHANGED
  }

  /// Changes as they are told, made once for all who follow on one loop.
  private record Frames(List<List<JsonObject>> changes) implements AutoCloseable {
    @Override
    public void close() {
      // nothing but memory
    }
  }

  private static final Object FRAMES = Frames.class;

  private final Kernel kernel;
  private final SignedOutbox outbox;
  private final Caller caller;
  private final ScopeName scope;
  private final PageLimit page;
  private final Runnable live;
  private final Consumer<End> ended;
  private long cursor;
  private boolean midway;
  private @Nullable Subscription following;
  private @Nullable Runnable nextPage;
  private boolean over;

  /// @param live run once, when everything was told so far
  /// @param ended run once, when nothing more comes, unless it was cancelled
  SignedSubscription(
      Kernel kernel,
      SignedOutbox outbox,
      Caller caller,
      ScopeName scope,
      long cursor,
      PageLimit page,
      Runnable live,
      Consumer<End> ended) {
    this.kernel = kernel;
    this.outbox = outbox;
    this.caller = caller;
    this.scope = scope;
    this.cursor = cursor;
    this.page = page;
    this.live = live;
    this.ended = ended;
  }

  /// Where another one may go on: everything up to here was told; 0 = nothing that counts.
  long cursor() {
    return cursor;
  }

  /// Whether some pages of a snapshot were told and some were not.
  boolean isMidway() {
    return midway;
  }

  void begin() {
    if (cursor > 0) {
      follow(cursor);
    } else {
      ask(kernel.head(caller, scope), head -> page(head, null));
    }
  }

  void writable() {
    Runnable next = nextPage;
    if (next != null) {
      nextPage = null;
      next.run();
    } else if (following != null) {
      following.resume();
    }
  }

  void cancel() {
    over = true;
    nextPage = null;
    if (following != null) {
      following.cancel();
    }
  }

  private <T> void ask(CompletionStage<Answer<T>> stage, Consumer<T> next) {
    outbox.then(
        stage,
        null,
        answer -> {
          if (over) {
            return;
          }
          switch (answer) {
            case Answer.Given<T>(T value) -> next.accept(value);
            case Answer.Refused<T> ignored -> finish(End.FORBIDDEN);
          }
        },
        () -> finish(End.LOST));
  }

  private void finish(End how) {
    if (!over) {
      over = true;
      ended.accept(how);
    }
  }

  private void page(ScopeHead head, SnapshotPage.@Nullable Place after) {
    Models models = kernel.models();
    ask(
        kernel.snapshot(caller, scope, Set.of(), after, page),
        found -> {
          List<JsonObject> items = new ArrayList<>();
          found.entities().forEach(entity -> items.add(SignedChanges.item(entity, models)));
          boolean isLast = found.next() == null;
          List<List<JsonObject>> frames = FrameSplitter.split(items);
          for (int frame = 0; frame < frames.size(); frame++) {
            boolean isFinal = isLast && frame == frames.size() - 1;
            outbox.send(ServerFrames.snapshot(scope, frames.get(frame), isFinal, head.id()));
          }
          midway = !isLast;
          if (isLast) {
            cursor = head.id();
            follow(cursor);
          } else if (outbox.writable()) {
            page(head, found.next());
          } else {
            nextPage = () -> page(head, found.next());
          }
        });
  }

  private void follow(long after) {
    outbox.then(
        kernel.follow(caller, scope, after, outbox.lane(), this),
        null,
        answer -> {
          switch (answer) {
            case Answer.Given<Subscription>(Subscription begun) -> {
              if (over) {
                begun.cancel();
              } else {
                following = begun;
                begun.resume();
              }
            }
            case Answer.Refused<Subscription> ignored -> finish(End.FORBIDDEN);
          }
        },
        () -> finish(End.LOST));
  }

  @Override
  public boolean isReady() {
    return outbox.writable();
  }

  @Override
  public void changes(Announcement next) {
    whileFollowing(() -> {
      for (List<JsonObject> changes : next.encodedBy(FRAMES, this::frames).changes()) {
        outbox.send(ServerFrames.changed(scope, changes));
      }
    });
  }

  private Frames frames(List<Change> changes) {
    Models models = kernel.models();
    return new Frames(
        FrameSplitter.split(
            changes.stream().map(change -> SignedChanges.change(change, models)).toList()));
  }

  @Override
  public void caughtUp(long lastId) {
    whileFollowing(() -> {
      outbox.send(ServerFrames.live(scope, lastId));
      live.run();
    });
  }

  @Override
  public void present(List<Present> entries) {
    // Presence is not told here: this protocol has no word for it.
  }

  @Override
  public void refetch(RefetchReason reason) {
    whileFollowing(() -> {
      outbox.send(ServerFrames.refetch(scope, reason.word()));
      finish(reason == RefetchReason.ACCESS_CHANGED ? End.RIGHTS_CHANGED : End.REFETCH);
    });
  }

  @Override
  public void failed(RuntimeException failure) {
    whileFollowing(() -> outbox.broke(failure));
  }

  private void whileFollowing(Runnable task) {
    if (!over) {
      outbox.runAndFlush(task);
    }
  }
}
