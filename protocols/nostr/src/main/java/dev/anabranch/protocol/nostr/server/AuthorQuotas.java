package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Finder;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.KindClass;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.protocol.nostr.server.Identities.Identity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Counts what each author has here, and says no to more than the quota. An author is a principal:
/// all its keys share one quota.
///
/// An author's events are counted when its first one comes, and from then on those are added that
/// were new: what is replaced or deleted is noticed when the quota seems used up, and then counted
/// again, at most once a minute; and when the quota itself was changed. While an author's are
/// counted, its new ones wait, so that many that come at once are one count, and are let in by it
/// one after the other. What was let in before a count and is answered after its beginning is added
/// to what it finds, whether it met it or not: rather too much, until the next count.
///
/// Ephemeral events are free, and deletions and requests to vanish with a short content, so that
/// somebody without room can make some. Safe to use from many threads.
final class AuthorQuotas {

  /// Characters of the content of a deletion that is free.
  static final int FREE_CHARACTERS_MAX = 1_000;

  private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");
  private static final long RECOUNT_NANOS = TimeUnit.MINUTES.toNanos(1);

  /// So many events, and the bytes of their JSON.
  private record Sum(long events, long bytes) {
    private static final Sum NOTHING = new Sum(0, 0);

    Sum with(long more) {
      return new Sum(events + 1, bytes + more);
    }

    Sum without(long less) {
      return new Sum(events - 1, bytes - less);
    }

    Sum with(Sum other) {
      return new Sum(events + other.events, bytes + other.bytes);
    }
  }

  /// An event that waits for the count of its author's.
  private record Waiting(int bytes, CompletableFuture<Admission> admission) {}

  /// The quota that counts, and its time: another one begins when it is changed.
  private record Counted(NostrQuota quota, long time) {}

  /// What is known of one author; under the lock.
  private static final class Account {
    private long countedIn = -1; // of which quota's time what is kept is known
    private long countedAtNanos;
    private Sum kept = Sum.NOTHING; // what is on its way included
    private Sum underway = Sum.NOTHING; // let in, and not answered
    private Sum unseen = Sum.NOTHING; // underway when the count began, and not given back
    private @Nullable List<Waiting> waiting; // null = nothing is being counted
  }

  private final Finder finder;
  private final Supplier<NostrQuota> quota;
  private final NostrSeams seams;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Identity, Account> accounts;
  private volatile NostrQuota last;
  private long times; // how often the quota changed; under the lock

  /// Nothing is counted yet.
  ///
  /// @param authorsMax the most authors whose counts are remembered
  AuthorQuotas(Finder finder, Supplier<NostrQuota> quota, NostrSeams seams, int authorsMax) {
    this.finder = finder;
    this.quota = quota;
    this.last = quota.get();
    this.seams = seams;
    this.accounts =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Identity, Account> eldest) {
            return size() > authorsMax;
          }
        };
  }

  /// Whether there is room for an event.
  ///
  /// @param refusal why there is none; null = it is counted in
  /// @param answered to be told once whether something new is kept; if not, it is counted out again
  record Admission(@Nullable Refusal refusal, Consumer<Boolean> answered) {
    private static final Admission FREE = new Admission(null, ignored -> {});
  }

  /// Counts an event in, or says why it is one too many; fails when the author's cannot be counted.
  ///
  /// @param author whose it is; when its keys change, its events are counted anew
  /// @param bytes of its JSON
  CompletionStage<Admission> admit(Event event, Identity author, int bytes) {
    NostrQuota now = quota.get();
    if (isFree(event) || (now.isNone() && last.isNone())) {
      return CompletableFuture.completedFuture(Admission.FREE);
    }
    CompletableFuture<Admission> admission = new CompletableFuture<>();
    Account toCount = null;
    Counted counted;
    lock.lock();
    try {
      counted = counted(now);
      if (now.isNone()) {
        return CompletableFuture.completedFuture(Admission.FREE);
      }
      Account account = accounts.computeIfAbsent(author, ignored -> new Account());
      Admission known = account.waiting == null ? ask(account, bytes, counted) : null;
      if (known != null) {
        return CompletableFuture.completedFuture(known);
      }
      if (account.waiting == null) {
        account.waiting = new ArrayList<>(1);
        account.unseen = account.underway;
        toCount = account;
      }
      account.waiting.add(new Waiting(bytes, admission));
    } finally {
      lock.unlock();
    }
    if (toCount != null) {
      count(toCount, keys(author, event.author()), counted);
    }
    return admission;
  }

  private static boolean isFree(Event event) {
    return event.kindClass() == KindClass.EPHEMERAL || makesRoom(event);
  }

  /// Whether an event is taken from somebody without room, to make some.
  static boolean makesRoom(Event event) {
    return (event.kind() == Kinds.DELETION || event.kind() == Kinds.VANISH)
        && event.content().length() <= FREE_CHARACTERS_MAX;
  }

  /// Notices that the quota is another one: what was counted was counted up to the one before.
  /// Under the lock.
  private Counted counted(NostrQuota now) {
    if (!now.equals(last)) {
      last = now;
      times++;
    }
    return new Counted(now, times);
  }

  /// Adds an event where there is room; null when the author's are to be counted first. Under the
  /// lock.
  private @Nullable Admission ask(Account account, int bytes, Counted counted) {
    if (account.countedIn != counted.time()) {
      return null;
    }
    Sum more = account.kept.with(bytes);
    if (counted.quota().holds(more.events(), more.bytes())) {
      account.kept = more;
      account.underway = account.underway.with(bytes);
      return new Admission(null, isKept -> answered(account, bytes, isKept));
    }
    boolean isFresh = seams.nanos().getAsLong() - account.countedAtNanos < RECOUNT_NANOS;
    return isFresh ? full(counted.quota()) : null;
  }

  private void answered(Account account, int bytes, boolean isKept) {
    lock.lock();
    try {
      account.underway = account.underway.without(bytes);
      if (!isKept) {
        account.kept = account.kept.without(bytes);
        if (account.waiting != null) {
          account.unseen = account.unseen.without(bytes);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// Counts an author's events, once for all that wait for it.
  private void count(Account account, Set<PublicKey> keys, Counted counted) {
    long beganAtNanos = seams.nanos().getAsLong();
    CompletableFuture.completedStage(keys)
        .thenCompose(all -> counted(all, counted.quota()))
        .whenComplete((found, failure) -> {
          if (failure == null) {
            counted(account, found, beganAtNanos, counted);
          } else {
            Throwable cause = NostrLink.causeOf(failure);
            waiting(account).forEach(one -> one.admission().completeExceptionally(cause));
          }
        });
  }

  private List<Waiting> waiting(Account account) {
    lock.lock();
    try {
      List<Waiting> waiting = Objects.requireNonNull(account.waiting);
      account.waiting = null;
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  private void counted(Account account, Sum found, long beganAtNanos, Counted counted) {
    Map<Waiting, Admission> answers = new LinkedHashMap<>();
    lock.lock();
    try {
      account.countedIn = counted.time();
      account.countedAtNanos = beganAtNanos;
      account.kept = found.with(account.unseen);
      for (Waiting one : waiting(account)) {
        Admission admission = ask(account, one.bytes(), counted);
        answers.put(one, admission == null ? full(counted.quota()) : admission);
      }
    } finally {
      lock.unlock();
    }
    answers.forEach((one, admission) -> one.admission().complete(admission));
  }

  private static Set<PublicKey> keys(Identity author, PublicKey one) {
    Set<PublicKey> keys = new HashSet<>(Set.of(one));
    Stream.concat(Stream.of(author.principal()), author.also().stream())
        .map(PrincipalId::text)
        .filter(name -> KEY.matcher(name).matches())
        .map(PublicKey::new)
        .forEach(keys::add);
    return keys;
  }

  private CompletionStage<Sum> counted(Set<PublicKey> keys, NostrQuota quota) {
    int most =
        quota.eventsMax() == 0
            ? Integer.MAX_VALUE
            : Math.toIntExact(Math.min(Integer.MAX_VALUE, quota.eventsMax() + 1));
    StoredEvents own =
        StoredEvents.whole(
            finder, List.of(Filter.ANY.withAuthors(keys)), ignored -> true, Sieve.OPEN, most);
    return count(own, Sum.NOTHING, quota);
  }

  private CompletionStage<Sum> count(StoredEvents own, Sum before, NostrQuota quota) {
    Sum sum = before;
    for (Sight next = own.next(); next != null; next = own.next()) {
      sum = sum.with(next.json().size());
    }
    Sum now = sum;
    CompletionStage<StoredEvents.Slice> pending = own.pending();
    return pending == null || !quota.holds(now.events(), now.bytes())
        ? CompletableFuture.completedFuture(now)
        : pending.thenCompose(slice -> {
          own.arrived(slice);
          return count(own, now, quota);
        });
  }

  private static Admission full(NostrQuota quota) {
    return new Admission(refusal(quota), ignored -> {});
  }

  private static Refusal refusal(NostrQuota quota) {
    return new Refusal(
        NostrFault.TOO_MANY,
        "the author's quota is used up"
            + (quota.eventsMax() > 0 ? "; at most " + quota.eventsMax() + " events" : "")
            + (quota.bytesMax() > 0 ? "; at most " + quota.bytesMax() + " bytes" : "")
            + "; delete some");
  }
}
