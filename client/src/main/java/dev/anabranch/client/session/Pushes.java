package dev.anabranch.client.session;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.protocol.scope.client.ScopeConnection;
import dev.anabranch.protocol.scope.wire.PushWrite;
import dev.anabranch.protocol.scope.wire.Ref;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which writes travel, and which of them have no answer yet.
///
/// A scope has a few pushes under way, each of which names the one that it follows (decision 0113):
/// when the server turns one away for a while, or refuses a write of it, it turns away those behind
/// it, too, so that the device's order stays. Then, and when a conflict is to be written anew,
/// nothing is sent until all of them are answered, and then from the first that has to be sent.
/// Pushes of different scopes do not wait for each other.
///
/// Behind a push of which not all was taken, a scope has one push under way until all of one is.
///
/// An edit of a document waits while a push holds one before it: if that one is refused, it stands
/// on nothing.
final class Pushes {

  /// The most JSON values and field names of one push: servers decode 20,000 in a frame.
  private static final int PUSH_VALUES_MAX = 15_000;

  /// The most pushes under way over all scopes: servers let 64 wait for an answer.
  private static final int UNDER_WAY_MAX = 48;

  /// From here on a scope has one push under way: all are to get their turn.
  static final int FEW_UNDER_WAY = 24;

  /// About the most bytes under way over all scopes before a push must wait: half of what a link
  /// takes that is not read.
  private static final int UNDER_WAY_BYTES = 1024 * 1024;

  private final SessionLimits limits;
  private final CarefulWrites careful;
  private final Map<Ref, Sent> underWay = new HashMap<>();
  private long bytesUnderWay;

  /// Whether one push at a time is under way over all scopes: a frame was not read, and it is to be
  /// found out which.
  private boolean oneByOne;

  /// The write that was alone under way when a frame was not read; -1 = none.
  private long suspect = -1;

  /// A push that has no answer yet.
  ///
  /// @param numbers the places of its writes
  /// @param documents whose edits it holds
  /// @param bytes about how many it has
  private record Sent(List<Long> numbers, Set<EntityKey> documents, int bytes) {
    static Sent of(List<QueuedWrite> writes) {
      return new Sent(
          writes.stream().map(QueuedWrite::number).toList(),
          writes.stream()
              .filter(Pushes::isEdit)
              .map(QueuedWrite::entity)
              .collect(Collectors.toUnmodifiableSet()),
          writes.stream().mapToInt(QueuedWrite::approximateBytes).sum());
    }
  }

  Pushes(SessionLimits limits, CarefulWrites careful) {
    this.limits = limits;
    this.careful = careful;
  }

  /// Sends the next push of a scope, if there is something to send and it need not wait.
  ///
  /// @return the writes that were sent
  List<QueuedWrite> next(FollowedScope scope, ScopeConnection connection, DeviceId device) {
    if (scope.pushes.isEmpty()) {
      scope.pushesAnew = false;
      scope.isCutOff = false;
      scope.pushedUpTo = 0;
    }
    if (!mayPush(scope)) {
      return List.of();
    }
    List<QueuedWrite> writes = batch(scope);
    if (!writes.isEmpty()) {
      Ref ref =
          connection.push(
              writes.stream().map(write -> onWire(write, device)).toList(),
              scope.pushes.peekLast());
      scope.pushes.add(ref);
      scope.pushedUpTo = writes.getLast().number();
      Sent sent = Sent.of(writes);
      underWay.put(ref, sent);
      bytesUnderWay += sent.bytes();
    }
    return writes;
  }

  private boolean mayPush(FollowedScope scope) {
    if (oneByOne) {
      return underWay.isEmpty();
    }
    if (bytesUnderWay > UNDER_WAY_BYTES) {
      return false;
    }
    return scope.pushes.isEmpty()
        ? underWay.size() < UNDER_WAY_MAX
        : !scope.pushesAnew
            && !scope.onePush
            && scope.pushes.size() < limits.pushesMax()
            && underWay.size() < FEW_UNDER_WAY;
  }

  private List<QueuedWrite> batch(FollowedScope scope) {
    List<QueuedWrite> writes = new ArrayList<>();
    int bytes = 0;
    int values = 0;
    QueuedWrite write = careful.next(scope, scope.pushedUpTo);
    while (write != null && !(isEdit(write) && isEdited(scope, write.entity()))) {
      bytes += write.approximateBytes();
      values += write.approximateValues();
      boolean full =
          writes.size() >= scope.pushWritesMax
              || bytes > limits.pushBytesMax()
              || values > PUSH_VALUES_MAX;
      if (full && !writes.isEmpty()) {
        break;
      }
      writes.add(write);
      write = careful.next(scope, write.number());
    }
    return writes;
  }

  private boolean isEdited(FollowedScope scope, EntityKey document) {
    return scope.pushes.stream()
        .anyMatch(ref -> Objects.requireNonNull(underWay.get(ref)).documents().contains(document));
  }

  private static boolean isEdit(QueuedWrite write) {
    return write.draft().action() == Action.MERGE;
  }

  private static PushWrite onWire(QueuedWrite write, DeviceId device) {
    Draft draft = write.draft();
    return new PushWrite(
        write.key(),
        write.scope(),
        write.entity().model(),
        write.entity().id(),
        draft.action(),
        draft.data(),
        draft.body(),
        draft.expectedVersion(),
        device,
        null,
        null);
  }

  /// A push was answered; the scope it belonged to has one less under way.
  ///
  /// @return null = the scope was forgotten meanwhile, as it may be when the echoes of all its
  ///   writes have come before the answer, which then says nothing new
  @Nullable FollowedScope answered(Ref ref, Collection<FollowedScope> scopes) {
    for (FollowedScope scope : scopes) {
      if (scope.pushes.remove(ref)) {
        return scope;
      }
    }
    return null;
  }

  /// The writes of an answered push, by number; forgotten with this call.
  List<Long> sent(Ref ref) {
    Sent sent = Objects.requireNonNull(underWay.remove(ref), "push");
    bytesUnderWay -= sent.bytes();
    return sent.numbers();
  }

  /// The server could not read a frame of ours, or closed the link because of its size, and does
  /// not say which: the next pushes are half as long, then they go one by one, until one write was
  /// twice the only one under way. Without that the same frame would be sent for ever, and
  /// everything behind it would wait.
  ///
  /// @return the place of that write; -1 = it is not known yet
  long unread(Collection<FollowedScope> scopes) {
    List<Long> suspects =
        underWay.values().stream().flatMap(sent -> sent.numbers().stream()).toList();
    long alone = suspects.size() == 1 ? suspects.getFirst() : -1;
    if (alone >= 0 && alone == suspect) {
      suspect = -1;
      oneByOne = false;
      return alone;
    }
    suspect = alone;
    oneByOne |= !suspects.isEmpty() && suspects.size() == underWay.size();
    for (FollowedScope scope : scopes) {
      scope.pushes.stream()
          .mapToInt(ref -> Objects.requireNonNull(underWay.get(ref)).numbers().size())
          .max()
          .ifPresent(most -> scope.pushWritesMax = Math.max(1, most / 2));
    }
    return -1;
  }

  /// The link is gone: what had no answer is sent again, under the same keys.
  void unlinked() {
    underWay.clear();
    bytesUnderWay = 0;
  }
}
