package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Finder;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.KindClass;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.protocol.nostr.server.Identities.Identity;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Counts what each author has here, and says no to more than the quota. An author is a principal:
/// all its keys share one quota.
///
/// An author's events are counted when its first one comes, and from then on those are added that
/// were new: what is replaced or deleted is noticed when the quota seems used up, and then counted
/// again, at most once a minute. Ephemeral events are free, and deletions and requests to vanish
/// with a short content, so that somebody without room can make some. Safe to use from many
/// threads.
final class AuthorQuotas {

  /// Characters of the content of a deletion that is free.
  static final int FREE_CHARACTERS_MAX = 1_000;

  private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");
  private static final long RECOUNT_NANOS = TimeUnit.MINUTES.toNanos(1);

  private record Usage(long events, long bytes, long countedAtNanos) {

    Usage with(long more) {
      return new Usage(events + 1, bytes + more, countedAtNanos);
    }

    Usage without(long less) {
      return new Usage(events - 1, bytes - less, countedAtNanos);
    }
  }

  private final Finder finder;
  private final NostrQuota quota;
  private final NostrSeams seams;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Identity, Usage> usages;

  /// Nothing is counted yet.
  ///
  /// @param authorsMax the most authors whose counts are remembered
  AuthorQuotas(Finder finder, NostrQuota quota, NostrSeams seams, int authorsMax) {
    this.finder = finder;
    this.quota = quota;
    this.seams = seams;
    this.usages =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Identity, Usage> eldest) {
            return size() > authorsMax;
          }
        };
  }

  /// Whether there is room for an event.
  ///
  /// @param refusal why there is none; null = it is counted in
  /// @param giveBack takes it out again, for when nothing new is kept after all; to be run once
  record Admission(@Nullable Refusal refusal, Runnable giveBack) {
    private static final Admission FREE = new Admission(null, () -> {});
  }

  /// Counts an event in, or says why it is one too many.
  ///
  /// @param author whose it is; when its keys change, its events are counted anew
  /// @param bytes of its JSON
  CompletionStage<Admission> admit(Event event, Identity author, int bytes) {
    if (quota.isNone() || isFree(event)) {
      return CompletableFuture.completedFuture(Admission.FREE);
    }
    Optional<Admission> asked = ask(author, bytes, null);
    return asked.isPresent()
        ? CompletableFuture.completedFuture(asked.get())
        : counted(author, event.author())
            .thenApply(usage -> ask(author, bytes, usage).orElse(full()));
  }

  private static boolean isFree(Event event) {
    boolean makesRoom = event.kind() == Kinds.DELETION || event.kind() == Kinds.VANISH;
    return event.kindClass() == KindClass.EPHEMERAL
        || (makesRoom && event.content().length() <= FREE_CHARACTERS_MAX);
  }

  /// Adds an event where there is room; empty when the author's are to be counted first.
  ///
  /// @param counted takes the place of what is known; null = nothing does
  private Optional<Admission> ask(Identity author, int bytes, @Nullable Usage counted) {
    lock.lock();
    try {
      Usage usage = counted != null ? counted : usages.get(author);
      if (usage == null) {
        return Optional.empty();
      }
      boolean fits = quota.holds(usage.events() + 1, usage.bytes() + bytes);
      usages.put(author, fits ? usage.with(bytes) : usage);
      if (fits) {
        return Optional.of(
            new Admission(null, () -> giveBack(author, bytes, usage.countedAtNanos())));
      }
      boolean isFresh = seams.nanos().getAsLong() - usage.countedAtNanos() < RECOUNT_NANOS;
      return isFresh ? Optional.of(full()) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /// Nothing is to be given back of a count that another one took the place of.
  private void giveBack(Identity author, int bytes, long countedAtNanos) {
    lock.lock();
    try {
      usages.computeIfPresent(
          author,
          (ignored, usage) ->
              usage.countedAtNanos() == countedAtNanos ? usage.without(bytes) : usage);
    } finally {
      lock.unlock();
    }
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

  private CompletionStage<Usage> counted(Identity author, PublicKey one) {
    int most =
        quota.eventsMax() == 0
            ? Integer.MAX_VALUE
            : Math.toIntExact(Math.min(Integer.MAX_VALUE, quota.eventsMax() + 1));
    StoredEvents own =
        StoredEvents.whole(
            finder,
            List.of(Filter.ANY.withAuthors(keys(author, one))),
            ignored -> true,
            Sieve.OPEN,
            most);
    return count(own, new Usage(0, 0, seams.nanos().getAsLong()));
  }

  private CompletionStage<Usage> count(StoredEvents own, Usage before) {
    Usage usage = before;
    for (Sight next = own.next(); next != null; next = own.next()) {
      usage = usage.with(next.json().size());
    }
    Usage now = usage;
    CompletionStage<StoredEvents.Slice> pending = own.pending();
    return pending == null || !quota.holds(now.events(), now.bytes())
        ? CompletableFuture.completedFuture(now)
        : pending.thenCompose(slice -> {
          own.arrived(slice);
          return count(own, now);
        });
  }

  private Admission full() {
    return new Admission(refusal(), () -> {});
  }

  private Refusal refusal() {
    return new Refusal(
        NostrFault.TOO_MANY,
        "the author's quota is used up"
            + (quota.eventsMax() > 0 ? "; at most " + quota.eventsMax() + " events" : "")
            + (quota.bytesMax() > 0 ? "; at most " + quota.bytesMax() + " bytes" : "")
            + "; delete some");
  }
}
