package dev.anabranch.client.nostr.cache;

import dev.anabranch.client.replica.ReplicaFailure;
import dev.anabranch.nostr.event.Address;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.event.KindClass;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.reconcile.RecordSet;
import dev.anabranch.nostr.rule.Deletion;
import dev.anabranch.nostr.rule.Expiration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Verified events, found by filters, and the queue of those that relays have not answered.
///
/// Of replaceable and addressable events only the newest is kept, what its author deleted goes and
/// does not come back, what has expired is not shown. When there are more events than the cache has
/// room for, the oldest go, and none older than those is taken any more; none that is dated far
/// ahead is.
///
/// Safe to use from many threads, one at a time. A commit is synced to disk before the method
/// returns.
public final class EventCache implements AutoCloseable {

  /// Requests of which it is known how far they were answered; the oldest are forgotten.
  private static final int REQUESTS_MAX = 1_000;

  /// How far ahead the events that are kept are dated at most: a day.
  public static final long AHEAD_SECONDS_MAX = 86_400;

  private static final int WAITING = 0;
  private static final int ACCEPTED = 1;
  private static final int REFUSED = 2;

  private static final Comparator<Event> NEWEST_FIRST =
      Comparator.comparingLong(Event::createdAtSeconds)
          .reversed()
          .thenComparing(Comparator.comparing(Event::id));

  private final CacheFile file;
  private final Statements sql;
  private final int eventsMax;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean closed;
  private long count;
  private long floorSeconds;

  private EventCache(CacheFile file, int eventsMax) {
    this.file = file;
    this.sql = new Statements(file.connection());
    this.eventsMax = eventsMax;
    this.count = sql.number("select count(*) from event");
    this.floorSeconds = sql.number("select created_at from floor");
    int unused =
        sql.change(
            "delete from caught_up where at < (select at from caught_up order by at desc"
                + " limit 1 offset ?)",
            REQUESTS_MAX);
  }

  /// A cache in a file; it is made when it is not there.
  ///
  /// @param eventsMax how many events it has room for
  /// @throws ReplicaFailure when it cannot be opened, or is open already
  public static EventCache open(Path file, int eventsMax) {
    return new EventCache(CacheFile.open(file), eventsMax);
  }

  /// A cache that is gone when it is closed.
  public static EventCache inMemory(int eventsMax) {
    return new EventCache(CacheFile.inMemory(), eventsMax);
  }

  /// Does several things in one transaction.
  public <T> T together(Supplier<T> work) {
    lock.lock();
    try {
      checkOpen();
      if (lock.getHoldCount() > 1) {
        return work.get();
      }
      sql.run("begin immediate");
      T result;
      try {
        result = work.get();
      } catch (RuntimeException | Error failure) {
        sql.run("rollback");
        count = sql.number("select count(*) from event");
        floorSeconds = sql.number("select created_at from floor");
        throw failure;
      }
      sql.run("commit");
      return result;
    } finally {
      lock.unlock();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new ReplicaFailure("the client is closed, and its local copy with it");
    }
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      checkOpen();
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  /// Takes an event in. An ephemeral one is not kept.
  public Arrival add(VerifiedEvent verified, long nowSeconds) {
    return together(() -> added(verified.event(), nowSeconds));
  }

  private Arrival added(Event event, long nowSeconds) {
    if (Expiration.isPast(event, nowSeconds)) {
      return Arrival.EXPIRED;
    }
    if (event.kindClass() == KindClass.EPHEMERAL) {
      return Arrival.NEW;
    }
    if (isKept(event.id())) {
      return Arrival.KNOWN;
    }
    if (event.createdAtSeconds() > nowSeconds + AHEAD_SECONDS_MAX) {
      return Arrival.AHEAD;
    }
    if (event.createdAtSeconds() < floorSeconds(nowSeconds)) {
      return Arrival.TOO_OLD;
    }
    if (isDeleted(event)) {
      return Arrival.DELETED;
    }
    Optional<Event> before = event.address().flatMap(this::at);
    if (before.isPresent()) {
      if (!event.supersedes(before.get())) {
        return Arrival.SUPERSEDED;
      }
      drop(before.get().id());
    }
    insert(event);
    Deletion.of(event).ifPresent(this::carryOut);
    makeRoom(nowSeconds);
    return Arrival.NEW;
  }

  /// One that lies ahead was set by a clock that was wrong, and counts for nothing.
  private long floorSeconds(long nowSeconds) {
    return floorSeconds > nowSeconds ? 0 : floorSeconds;
  }

  private boolean isKept(EventId id) {
    return sql.row("select 1 from event where id = ?", row -> 1, id.hex()).isPresent();
  }

  private Optional<Event> at(Address address) {
    return sql.row(
        "select json from event where address = ?",
        row -> stored(row.getString(1)),
        address.text());
  }

  private static Event stored(String json) {
    return Event.parse(json.getBytes(StandardCharsets.UTF_8), EventLimits.NONE).orThrow();
  }

  private boolean isDeleted(Event event) {
    List<Object> values = new ArrayList<>();
    values.add(event.id().hex());
    String named = "letter = 'e' and value = ?";
    Optional<Address> address = event.address();
    if (address.isPresent()) {
      named = named + " or letter = 'a' and value = ?";
      values.add(address.get().text());
    }
    return sql
        .rows(
            "select json from event where kind = 5 and id in (select id from tag where "
                + named
                + ")",
            values,
            row -> stored(row.getString(1)))
        .stream()
        .flatMap(deletion -> Deletion.of(deletion).stream())
        .anyMatch(deletion -> deletion.covers(event));
  }

  private void carryOut(Deletion deletion) {
    List<Event> named = new ArrayList<>();
    deletion.ids().forEach(id -> event(id).ifPresent(named::add));
    deletion.addresses().forEach(address -> at(address).ifPresent(named::add));
    named.stream().filter(deletion::covers).forEach(event -> drop(event.id()));
  }

  private void insert(Event event) {
    int unused =
        sql.change(
            "insert into event (id, author, kind, created_at, address, json)"
                + " values (?, ?, ?, ?, nullif(?, ''), ?)",
            event.id().hex(),
            event.author().hex(),
            event.kind(),
            event.createdAtSeconds(),
            event.address().map(Address::text).orElse(""),
            event.json());
    new LinkedHashSet<>(event.tags())
        .stream()
            .filter(Tag::isIndexed)
            .forEach(tag -> {
              int ignored =
                  sql.change(
                      "insert or ignore into tag (letter, value, id) values (?, ?, ?)",
                      tag.name(),
                      tag.value(),
                      event.id().hex());
            });
    count++;
  }

  private void drop(EventId id) {
    count -= sql.change("delete from event where id = ?", id.hex());
    int unused = sql.change("delete from tag where id = ?", id.hex());
    int unusedToo = sql.change("delete from untold where id = ?", id.hex());
  }

  /// Drops the oldest, and before them what would not be taken now for its date. The floor rises to
  /// what is dropped, but not to what is dated ahead: that would keep out whatever comes.
  private void makeRoom(long nowSeconds) {
    if (count <= eventsMax) {
      return;
    }
    floorSeconds = floorSeconds(nowSeconds);
    int kept = eventsMax - Math.max(1, eventsMax / 100);
    drop(
        sql.rows(
            "select id from event where created_at > ? order by created_at desc limit ?",
            List.of(nowSeconds + AHEAD_SECONDS_MAX, count - kept),
            row -> row.getString(1)));
    if (count > eventsMax) {
      dropOldest(count - kept, nowSeconds);
    }
    int unused = sql.change("update floor set created_at = ?", floorSeconds);
  }

  private void dropOldest(long events, long nowSeconds) {
    drop(
        sql.rows(
            "select id, created_at from event order by created_at limit ?",
            List.of(events),
            row -> {
              long atSeconds = row.getLong(2);
              floorSeconds =
                  atSeconds > nowSeconds ? floorSeconds : Math.max(floorSeconds, atSeconds);
              return row.getString(1);
            }));
  }

  private void drop(List<String> ids) {
    ids.forEach(id -> drop(new EventId(id)));
  }

  /// How many events there are.
  public long count() {
    return locked(() -> count);
  }

  /// An event by its id.
  public Optional<Event> event(EventId id) {
    return locked(() ->
        sql.row("select json from event where id = ?", row -> stored(row.getString(1)), id.hex()));
  }

  /// What at least one of some filters asks for, the newest first, each once.
  ///
  /// @param eventsMax at most so many of each filter, whatever its own limit
  public List<Event> find(List<Filter> filters, int eventsMax, long nowSeconds) {
    return locked(() -> {
      Map<EventId, Event> found = new LinkedHashMap<>();
      for (Filter filter : filters) {
        newest(filter, eventsMax, nowSeconds).forEach(event -> found.put(event.id(), event));
      }
      return found.values().stream().sorted(NEWEST_FIRST).toList();
    });
  }

  private List<Event> newest(Filter filter, int eventsMax, long nowSeconds) {
    FilterQuery query = FilterQuery.of(filter);
    return sql.some(
        "select json from event where " + query.where() + " order by created_at desc, id",
        query.values(),
        Math.min(filter.limit(), eventsMax),
        row -> stored(row.getString(1)),
        event -> filter.matches(event) && !Expiration.isPast(event, nowSeconds));
  }

  /// What there is of a filter, as reconciliation sees it.
  public List<RecordSet.Record> records(Filter filter) {
    FilterQuery query = FilterQuery.of(filter);
    return locked(() ->
        sql.rows(
            "select created_at, id from event where " + query.where(),
            query.values(),
            row -> new RecordSet.Record(row.getLong(1), new EventId(row.getString(2)))));
  }

  // The queue.

  /// Keeps an event and queues it for relays, on disk when this returns.
  public Arrival queue(VerifiedEvent verified, List<String> relays, long nowSeconds) {
    return together(() -> {
      Event event = verified.event();
      Arrival arrival = added(event, nowSeconds);
      for (String relay : relays) {
        int unused =
            sql.change(
                "insert or ignore into outbox (id, relay, json, state, reason)"
                    + " values (?, ?, ?, 0, '')",
                event.id().hex(),
                relay,
                event.json());
      }
      return arrival;
    });
  }

  /// How many events wait for an answer of at least one of some relays.
  public int waiting(List<String> relays) {
    return locked(() -> {
      long waiting = 0;
      for (String relay : relays) {
        waiting =
            Math.max(
                waiting,
                sql.number(
                    "select count(*) from outbox where relay = ? and state = ?", relay, WAITING));
      }
      return (int) waiting;
    });
  }

  /// What waits for a relay's answer, in the order it was queued.
  ///
  /// @param after a number; only those behind it
  public List<Waiting> waiting(String relay, long after, int max) {
    return locked(() ->
        sql.rows(
            "select number, json from outbox where relay = ? and state = ? and number > ?"
                + " order by number limit ?",
            List.of(relay, WAITING, after, max),
            row -> new Waiting(row.getLong(1), stored(row.getString(2)))));
  }

  /// A relay has answered for good. An event that every relay refused is dropped.
  ///
  /// @return whether it was the last answer that was missing
  public boolean settle(EventId id, String relay, boolean isAccepted, String reason) {
    return together(() -> {
      int settled =
          sql.change(
              "update outbox set state = ?, reason = ? where id = ? and relay = ? and state = 0",
              isAccepted ? ACCEPTED : REFUSED,
              reason,
              id.hex(),
              relay);
      boolean isOpen =
          sql.number("select count(*) from outbox where id = ? and state = 0", id.hex()) > 0;
      if (settled == 0 || isOpen) {
        return false;
      }
      long takers =
          sql.number("select count(*) from outbox where id = ? and state = ?", id.hex(), ACCEPTED);
      if (takers == 0) {
        drop(id);
      }
      int unused = sql.change("delete from outbox where id = ?", id.hex());
      return true;
    });
  }

  // What is still to be told.

  /// Whoever asked for this is still to be told an event that is kept.
  ///
  /// @param request any name of what was asked
  public void owe(String request, EventId id) {
    int unused =
        together(() ->
            sql.change(
                "insert or ignore into untold (request, id) values (?, ?)", request, id.hex()));
  }

  /// They have been told.
  public void told(String request, EventId id) {
    int unused =
        together(
            () -> sql.change("delete from untold where request = ? and id = ?", request, id.hex()));
  }

  /// What they have not been told, the oldest first.
  public List<Event> untold(String request) {
    return locked(() ->
        sql.rows(
            "select json from event where id in (select id from untold where request = ?)"
                + " order by created_at, id",
            List.of(request),
            row -> stored(row.getString(1))));
  }

  // How far the relays were heard.

  /// Until when everything that a relay had of a request is here.
  ///
  /// @param request any name of it
  public OptionalLong caughtUpSeconds(String relay, String request) {
    return locked(() ->
        sql.row(
                "select at from caught_up where relay = ? and request = ?",
                row -> OptionalLong.of(row.getLong(1)),
                relay,
                request)
            .orElse(OptionalLong.empty()));
  }

  /// Everything that a relay had of a request at a time is here.
  public void catchUp(String relay, String request, long atSeconds) {
    int unused =
        together(() ->
            sql.change(
                "insert into caught_up (relay, request, at) values (?, ?, ?)"
                    + " on conflict (relay, request) do update set at = max(at, excluded.at)",
                relay,
                request,
                atSeconds));
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        sql.close();
        file.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
