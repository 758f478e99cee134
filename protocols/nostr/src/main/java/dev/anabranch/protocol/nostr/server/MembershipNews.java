package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.rule.Kinds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Publishes who the members are, and who joined or left, signed by the relay (NIP-43).
///
/// What could not be published is published with the next change, or a minute later. Nothing is
/// published before every directory of names has answered or had its time: those it names would
/// seem to leave.
final class MembershipNews {

  /// The most members that the list names, so that it stays a message that clients take.
  static final int LISTED_MAX = 3_000;

  private final Membership membership;
  private final Publisher publisher;
  private final NostrSeams seams;
  private final ReentrantLock lock = new ReentrantLock();
  private CompletionStage<?> last = CompletableFuture.completedFuture(null);
  private @Nullable Set<PublicKey> told;
  private long listedAtSeconds;

  MembershipNews(Membership membership, Publisher publisher, NostrSeams seams) {
    this.membership = membership;
    this.publisher = publisher;
    this.seams = seams;
  }

  /// Publishes what is not published yet; from any thread, and one after the other.
  CompletionStage<Boolean> tell() {
    lock.lock();
    try {
      CompletionStage<Boolean> next =
          last.handle((ignored, alsoIgnored) -> true)
              .thenComposeAsync(ignored -> tellNow(), seams.verifiers());
      last = next;
      return next;
    } finally {
      lock.unlock();
    }
  }

  private CompletionStage<Boolean> tellNow() {
    if (!membership.book().knowsMembers()) {
      return CompletableFuture.completedFuture(false); // nobody is said to have left
    }
    Set<PublicKey> now = membership.book().access().members();
    Set<PublicKey> before = told;
    if (before == null) {
      return listed().thenCompose(listed -> listed.equals(now) ? told(now) : list(now));
    }
    if (before.equals(now)) {
      return CompletableFuture.completedFuture(true);
    }
    return changes(before, now)
        .thenCompose(said -> said ? list(now) : CompletableFuture.completedFuture(false));
  }

  private CompletionStage<Boolean> changes(Set<PublicKey> before, Set<PublicKey> now) {
    List<Event> news = new ArrayList<>();
    difference(now, before).forEach(key -> news.add(change(Kinds.MEMBER_ADDED, key)));
    difference(before, now).forEach(key -> news.add(change(Kinds.MEMBER_REMOVED, key)));
    CompletionStage<Boolean> all = CompletableFuture.completedFuture(true);
    for (Event each : news) {
      all =
          all.thenCompose(
              said -> said ? publisher.own(each) : CompletableFuture.completedFuture(false));
    }
    return all;
  }

  private static Set<PublicKey> difference(Set<PublicKey> of, Set<PublicKey> without) {
    Set<PublicKey> left = new TreeSet<>(of);
    left.removeAll(without);
    return left;
  }

  private Event change(int kind, PublicKey key) {
    return membership.signed(kind, nowSeconds(), List.of(Tag.of("p", key.hex())));
  }

  private CompletionStage<Boolean> list(Set<PublicKey> members) {
    listedAtSeconds = Math.max(nowSeconds(), listedAtSeconds + 1);
    List<Tag> tags = new ArrayList<>();
    new TreeSet<>(members)
        .stream().limit(LISTED_MAX).forEach(key -> tags.add(Tag.of("member", key.hex())));
    return publisher
        .own(membership.signed(Kinds.MEMBER_LIST, listedAtSeconds, tags))
        .thenCompose(said -> said ? told(members) : CompletableFuture.completedFuture(false));
  }

  private CompletionStage<Boolean> told(Set<PublicKey> members) {
    told = members;
    return CompletableFuture.completedFuture(true);
  }

  /// Whom the list that is stored names.
  private CompletionStage<Set<PublicKey>> listed() {
    Filter own =
        Filter.ANY
            .withAuthors(Set.of(membership.self().publicKey()))
            .withKinds(Set.of(Kinds.MEMBER_LIST));
    return publisher
        .erasure()
        .all(own, 1)
        .thenApply(found -> {
          Set<PublicKey> members = new HashSet<>();
          for (Event list : found) {
            listedAtSeconds = Math.max(listedAtSeconds, list.createdAtSeconds());
            list.tagValues("member").forEach(hex -> members.add(new PublicKey(hex)));
          }
          return members;
        });
  }

  private long nowSeconds() {
    return seams.clock().millis() / 1000;
  }
}
