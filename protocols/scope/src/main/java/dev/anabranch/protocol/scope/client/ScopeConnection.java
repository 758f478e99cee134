package dev.anabranch.protocol.scope.client;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.protocol.scope.wire.PushBatch;
import dev.anabranch.protocol.scope.wire.PushWrite;
import dev.anabranch.protocol.scope.wire.Ref;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The client's half of one connection.
///
/// A scope that is followed:
///
/// ```
///   follow(cursor 0)                    last part
///  ──────────────▶ SNAPSHOT ────────────────────────▶ EVENTS ──┐ the next seq: told
///                    ▲   ▲      follow(cursor > 0)      ▲  │   │ a seq seen before: skipped
///                    │   └── refetch ───────────────────┤  └───┘ a hole: asked again from the cursor
///                    └────── the third hole in a row ───┘
/// ```
///
/// A server that answers a snapshot with `refetch`, goes live without the snapshot or leaves a hole
/// right behind it breaks the protocol; the connection is then over for us.
public final class ScopeConnection {

  /// After how many holes in a row, with no change told in between, a snapshot is asked for.
  public static final int HOLES_MAX = 3;

  /// How many snapshots in a row may be asked for without ever getting live.
  public static final int REFETCHES_MAX = 3;

  /// The largest body that is taken in parts, in bytes: as large as a server may be told to keep.
  public static final long BODY_BYTES_MAX = 512L * 1024 * 1024;

  /// Stands in every presence: one that is taken is never answered, so nothing has to be remembered
  /// of each. All other refs are numbers.
  private static final Ref PRESENCE = new Ref("presence");

  private final Consumer<ScopeMessage.FromClient> outbox;
  private final ScopeListener listener;
  private final Map<ScopeName, Followed> followed = new LinkedHashMap<>();
  private final Set<Ref> pushes = new HashSet<>();
  private long refs;
  private boolean broken;

  /// A connection that was just opened.
  ///
  /// @param outbox takes what is to be sent
  /// @param listener is told what comes
  public ScopeConnection(Consumer<ScopeMessage.FromClient> outbox, ScopeListener listener) {
    this.outbox = Objects.requireNonNull(outbox);
    this.listener = Objects.requireNonNull(listener);
  }

  /// One scope's place in the conversation.
  private static final class Followed {
    private final ScopeName scope;
    private Ref ref;
    private long lastId;
    private long lastSeq;
    private boolean awaitsSnapshot;
    private boolean inSnapshot;
    private @Nullable PartialRecord partial;
    private boolean askedAgain;
    private int holes;
    private int refetches;

    private Followed(ScopeName scope, Ref ref) {
      this.scope = scope;
      this.ref = ref;
    }
  }

  /// Asks for a scope from a cursor on, then for ever.
  ///
  /// @param lastId the id of the last change that is covered; 0 = a snapshot first
  /// @param lastSeq that change's seq; −1 = unknown, as after a snapshot
  public void follow(ScopeName scope, long lastId, long lastSeq) {
    Followed following = new Followed(scope, nextRef());
    following.lastSeq = lastSeq;
    followed.put(scope, following);
    subscribe(following, lastId);
  }

  private void subscribe(Followed following, long lastId) {
    following.lastId = lastId;
    following.awaitsSnapshot = lastId == 0;
    following.inSnapshot = false;
    following.partial = null;
    outbox.accept(new ScopeMessage.Subscribe(following.scope, lastId, following.ref));
  }

  /// Asks for no more of a scope.
  public void unfollow(ScopeName scope) {
    if (followed.remove(scope) != null) {
      outbox.accept(new ScopeMessage.Unsubscribe(scope, null));
    }
  }

  /// Asks for changes.
  ///
  /// @param after the push that these follow, behind which they are turned away when it may be
  ///   answered otherwise next time; null = none
  /// @return by which the answer is known
  public Ref push(List<PushWrite> writes, @Nullable Ref after) {
    Ref ref = nextRef();
    pushes.add(ref);
    outbox.accept(new ScopeMessage.Push(PushBatch.of(writes), ref, after));
    return ref;
  }

  /// Says something of this client; null = it is gone.
  public void present(
      ScopeName scope, String topic, DeviceId device, @Nullable JsonObject value, long ttlMillis) {
    outbox.accept(new ScopeMessage.Presence(scope, topic, device, value, ttlMillis, PRESENCE));
  }

  /// Asks whether the server is there.
  public void ping() {
    outbox.accept(new ScopeMessage.Ping(null, null));
  }

  private Ref nextRef() {
    refs++;
    return new Ref(Long.toString(refs));
  }

  /// Takes a message.
  public void receive(ScopeMessage.ToClient message) {
    if (broken) {
      return;
    }
    switch (message) {
      case ScopeMessage.Authenticated ignored -> {}
      case ScopeMessage.Bootstrap part -> snapshot(part);
      case ScopeMessage.Sync sync -> events(sync);
      case ScopeMessage.Live live -> live(live);
      case ScopeMessage.Pushed pushed -> pushed(pushed);
      case ScopeMessage.PresenceOf said -> listener.present(said);
      case ScopeMessage.Pong ignored -> {}
      case ScopeMessage.Refetch refetch -> refetch(refetch);
      case ScopeMessage.ErrorAnswer error -> error(error);
    }
  }

  private void snapshot(ScopeMessage.Bootstrap part) {
    Followed following = current(part.scope(), part.ref());
    if (following == null || !following.awaitsSnapshot) {
      return;
    }
    Map<ModelName, List<SyncRecord>> whole = whole(following, part);
    if (whole == null) {
      return;
    }
    listener.snapshotPart(part.scope(), whole, !following.inSnapshot);
    following.inSnapshot = true;
    if (part.last()) {
      following.awaitsSnapshot = false;
      following.lastId = part.lastSyncId();
      following.lastSeq = -1;
      listener.snapshotEnds(part.scope(), part.lastSyncId());
    }
  }

  /// The records of a frame that are whole; null = the connection is broken.
  private @Nullable Map<ModelName, List<SyncRecord>> whole(
      Followed following, ScopeMessage.Bootstrap part) {
    PartialRecord partial = following.partial;
    if (partial == null && part.bodyRest() == 0) {
      return part.models();
    }
    if (partial == null) {
      partial = new PartialRecord(BODY_BYTES_MAX);
    }
    following.partial = partial;
    if (!partial.takes(part)) {
      breakOff("parts of a record that do not fit together", part.scope());
      return null;
    }
    if (part.bodyRest() > 0) {
      return Map.of();
    }
    following.partial = null;
    return partial.whole();
  }

  private void events(ScopeMessage.Sync sync) {
    Followed following = followed.get(sync.scope());
    if (following == null || following.awaitsSnapshot) {
      return; // of a subscription that ended
    }
    List<SyncEvent> fresh = new ArrayList<>(sync.events().size());
    boolean hole = false;
    for (SyncEvent event : sync.events()) {
      if (isSeen(following, event)) {
        continue;
      }
      if (!event.scope().equals(sync.scope()) || event.id() <= following.lastId) {
        breakOff("change " + event.id() + " is not one of " + sync.scope(), sync.scope());
        return;
      }
      hole = following.lastSeq >= 0 && event.seq() != following.lastSeq + 1;
      if (hole) {
        break;
      }
      following.lastId = event.id();
      following.lastSeq = event.seq();
      fresh.add(event);
    }
    if (!fresh.isEmpty()) {
      following.holes = 0;
      following.askedAgain = false;
      listener.changed(sync.scope(), fresh);
    }
    if (hole) {
      hole(following);
    }
  }

  private static boolean isSeen(Followed following, SyncEvent event) {
    return following.lastSeq >= 0
        ? event.seq() <= following.lastSeq
        : event.id() <= following.lastId;
  }

  private void live(ScopeMessage.Live live) {
    Followed following = current(live.scope(), live.ref());
    if (following == null) {
      return;
    }
    if (following.awaitsSnapshot) {
      breakOff("live without the snapshot that was asked for", live.scope());
    } else if (live.lastSyncId() > following.lastId) {
      following.askedAgain = false;
      hole(following);
    } else {
      following.askedAgain = false;
      following.holes = 0;
      following.refetches = 0;
      listener.live(live.scope());
    }
  }

  /// Something is missing. Frames of the old subscription may still come with the same hole; it is
  /// asked again once, until an answer moves on.
  private void hole(Followed following) {
    if (following.askedAgain) {
      return;
    }
    following.holes++;
    if (following.holes > HOLES_MAX) {
      breakOff("changes after " + following.lastId + " are missing", following.scope);
      return;
    }
    following.askedAgain = true;
    following.ref = nextRef();
    subscribe(following, following.holes == HOLES_MAX ? 0 : following.lastId);
  }

  private void refetch(ScopeMessage.Refetch refetch) {
    Followed following = current(refetch.scope(), refetch.ref());
    if (following == null) {
      return;
    }
    boolean useless = following.awaitsSnapshot && refetch.reason() != RefetchReason.ACCESS_CHANGED;
    following.refetches++;
    if (useless || following.refetches > REFETCHES_MAX) {
      breakOff("refetch in place of a snapshot", refetch.scope());
      return;
    }
    following.ref = nextRef();
    listener.refetching(refetch.scope(), refetch.reason());
    subscribe(following, 0);
  }

  private void pushed(ScopeMessage.Pushed pushed) {
    Ref ref = pushed.ref();
    if (ref == null || !pushes.remove(ref)) {
      breakOff("an answer to no push: ref " + ref, null);
    } else {
      listener.pushed(ref, pushed.outcomes());
    }
  }

  private void error(ScopeMessage.ErrorAnswer error) {
    Ref ref = error.ref();
    Followed refused = askedBy(ref);
    if (refused != null) {
      followed.remove(refused.scope);
      listener.followRefused(refused.scope, error);
    } else if (ref != null && pushes.remove(ref)) {
      listener.pushRefused(ref, error);
    } else if (PRESENCE.equals(ref)) {
      listener.presenceRefused(error);
    } else {
      listener.trouble(error);
    }
  }

  /// The subscription that a request asked for, by its ref alone: other requests name scopes, too,
  /// and what becomes of them is not the subscription's affair.
  private @Nullable Followed askedBy(@Nullable Ref ref) {
    for (Followed following : followed.values()) {
      if (following.ref.equals(ref)) {
        return following;
      }
    }
    return null;
  }

  /// The subscription that an answer belongs to; null when it has ended.
  private @Nullable Followed current(ScopeName scope, @Nullable Ref ref) {
    Followed following = followed.get(scope);
    return following != null && (ref == null || following.ref.equals(ref)) ? following : null;
  }

  private void breakOff(String how, @Nullable ScopeName scope) {
    broken = true;
    listener.broken(how, scope);
  }
}
