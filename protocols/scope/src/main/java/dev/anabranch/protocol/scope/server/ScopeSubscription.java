package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.follow.Announcement;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.follow.Subscription;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.link.Frame;
import dev.anabranch.link.PlainFrame;
import dev.anabranch.link.SharedFrame;
import dev.anabranch.protocol.scope.wire.ScopeCodec;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Bootstrap;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ErrorAnswer;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Live;
import dev.anabranch.protocol.scope.wire.ScopeMessage.PresenceOf;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Refetch;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Subscribe;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One client's way through one scope: bootstrap if it has nothing, catch-up, then live.
///
/// ```
///   cursor 0: BOOTSTRAPPING ──last page──▶ FOLLOWING ──caught up──▶ LIVE
///   cursor N: ───────────────────────────▶    │                      │
///                 refused, refetch, lost, cancelled: ENDED ◀─────────┘
/// ```
///
/// While the outbox is full a bootstrap does not read its next page, and the following pauses in
/// the kernel; both go on with [#writable]. A link's bootstraps hold a few pages at a time
/// ([PageTurns]). Those who were present when it had caught up are told as there is room; who comes
/// later is left out meanwhile. All calls come on the session's thread.
final class ScopeSubscription implements Follower {
  /// Names our encoding of an [Announcement].
  private static final Object CODEC = new Object();

  private final ScopeSession.Surroundings here;
  private final SessionLink link;
  private final Caller caller;
  private final Subscribe request;
  private final PageTurns turns;
  private final Consumer<ScopeSubscription> ended;
  private @Nullable Subscription following;
  private PageTurns.@Nullable Turn turn;
  private @Nullable Runnable nextPage;
  private @Nullable Queue<Present> unsaid;
  private boolean over;

  ScopeSubscription(
      ScopeSession.Surroundings here,
      SessionLink link,
      Caller caller,
      Subscribe request,
      PageTurns turns,
      Consumer<ScopeSubscription> ended) {
    this.here = here;
    this.link = link;
    this.caller = caller;
    this.request = request;
    this.turns = turns;
    this.ended = ended;
  }

  ScopeName scope() {
    return request.scope();
  }

  void begin() {
    if (request.lastSyncId() > 0) {
      follow(request.lastSyncId());
    } else {
      here.observer().bootstrapped();
      ask(here.kernel().head(caller, scope()), this::bootstrap);
    }
  }

  void writable() {
    sayWhoIsPresent();
    Runnable page = nextPage;
    if (page != null) {
      nextPage = null;
      page.run();
    } else if (following != null) {
      following.resume();
    }
  }

  /// Nothing more is said of this scope.
  void cancel() {
    over = true;
    nextPage = null;
    endTurn();
    if (following != null) {
      following.cancel();
    }
  }

  /// Goes on with an answer of the kernel, unless it is a no, or nobody waits for it any more.
  private <T> void ask(CompletionStage<Answer<T>> stage, Consumer<T> next) {
    link.then(
        stage,
        scope().text(),
        request.ref(),
        answer -> {
          switch (answer) {
            case Answer.Given<T>(T value) -> next.accept(value);
            case Answer.Refused<T>(Fault fault) -> {
              if (!over) {
                finish();
                link.refuse(ErrorAnswer.of(ScopeChanges.refusal(fault), scope(), request.ref()));
              }
            }
          }
        },
        this::finish);
  }

  private void finish() {
    over = true;
    endTurn();
    ended.accept(this);
  }

  // Bootstrap.

  private void bootstrap(ScopeHead head) {
    if (!over) {
      PageTurns.Turn own = turns.of(() -> page(head, null));
      turn = own;
      own.ask();
    }
  }

  private void endTurn() {
    PageTurns.Turn held = turn;
    if (held != null) {
      turn = null;
      held.end();
    }
  }

  private void page(ScopeHead head, SnapshotPage.@Nullable Place after) {
    if (over) {
      return;
    }
    ask(
        here.kernel()
            .snapshot(
                caller, scope(), Set.of(), after, here.policy().limits().session().bootstrapPage())
            .thenApply(answer -> answer.map(page -> spelled(page, head))),
        page -> told(page, head));
  }

  /// A page as frames; made on the kernel's thread, so that a long bootstrap does not hold up the
  /// link's other sessions.
  private record SpelledPage(List<String> frames, SnapshotPage.@Nullable Place next) {}

  private SpelledPage spelled(SnapshotPage page, ScopeHead head) {
    Map<ModelName, List<SyncRecord>> models = new LinkedHashMap<>();
    for (Entity entity : page.entities()) {
      models
          .computeIfAbsent(entity.key().model(), ignored -> new ArrayList<>())
          .add(ScopeChanges.item(entity));
    }
    Bootstrap message =
        new Bootstrap(scope(), models, page.next() == null, head.id(), request.ref());
    return new SpelledPage(ScopeCodec.bootstrapFrames(message), page.next());
  }

  private void told(SpelledPage page, ScopeHead head) {
    tell(page, 0, head);
  }

  /// A document of many frames waits in its page, not in the outbox.
  private void tell(SpelledPage page, int from, ScopeHead head) {
    if (over) {
      return;
    }
    int next = from;
    while (next < page.frames().size() && link.writable()) {
      link.send(Frame.text(page.frames().get(next)));
      next++;
    }
    int rest = next;
    if (rest < page.frames().size()) {
      nextPage = () -> tell(page, rest, head);
    } else if (page.next() == null) {
      endTurn();
      follow(head.id());
    } else if (link.writable()) {
      page(head, page.next());
    } else {
      nextPage = () -> page(head, page.next());
    }
  }

  // Following.

  private void follow(long after) {
    ask(
        here.kernel().follow(caller, scope(), after, link.lane(), this),
        begun -> {
          if (over) {
            begun.cancel();
          } else {
            following = begun;
            begun.resume();
          }
        });
  }

  @Override
  public boolean isReady() {
    return link.writable();
  }

  @Override
  public void changes(Announcement next) {
    Models models = here.kernel().models();
    whileFollowing(() -> {
      SharedFrame told = next.encodedBy(CODEC, changes -> frames(changes, models));
      link.send(told);
    });
  }

  private static SharedFrame frames(List<Change> changes, Models models) {
    List<PlainFrame> frames = new ArrayList<>();
    ScopeCodec.syncFrames(ScopeChanges.events(changes, models))
        .forEach(frame -> frames.add(Frame.text(frame)));
    return Frame.shared(frames);
  }

  @Override
  public void caughtUp(long lastId) {
    whileFollowing(() -> link.send(new Live(scope(), lastId, request.ref())));
  }

  @Override
  public void present(List<Present> entries) {
    whileFollowing(() -> {
      Queue<Present> all = unsaid == null ? new ArrayDeque<>(entries.size()) : unsaid;
      all.addAll(entries);
      unsaid = all;
      sayWhoIsPresent();
    });
  }

  private void sayWhoIsPresent() {
    Queue<Present> all = unsaid;
    if (all == null || over) {
      return;
    }
    long now = here.seams().clock().millis();
    while (!all.isEmpty() && link.writable()) {
      link.send(presence(all.remove(), now));
    }
    unsaid = all.isEmpty() ? null : all;
  }

  private static PresenceOf presence(Present entry, long now) {
    Present.Place at = entry.at();
    boolean lasts = entry.value() != null && !entry.isOnce();
    return new PresenceOf(
        at.scope(),
        at.topic(),
        entry.principal(),
        at.device(),
        at.client(),
        entry.value(),
        lasts ? Math.clamp(entry.expiresAt() - now, 1, Present.TTL_MILLIS_MAX) : 0);
  }

  @Override
  public void refetch(RefetchReason reason) {
    whileFollowing(() -> {
      finish();
      here.observer().refused(ScopeFault.REFETCH);
      link.send(new Refetch(scope(), reason, request.ref()));
    });
  }

  @Override
  public void failed(RuntimeException failure) {
    whileFollowing(() -> {
      finish();
      link.broke(failure);
    });
  }

  private void whileFollowing(Runnable task) {
    if (!over) {
      link.runAndFlush(task);
    }
  }
}
