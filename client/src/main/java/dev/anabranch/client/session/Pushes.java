package dev.anabranch.client.session;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.protocol.scope.client.ScopeConnection;
import dev.anabranch.protocol.scope.wire.PushWrite;
import dev.anabranch.protocol.scope.wire.Ref;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Which writes travel, and which of them have no answer yet.
///
/// Every scope has at most one push under way, which takes everything that was queued while the one
/// before it travelled; pushes of different scopes do not wait for each other. More than one at a
/// time would break the device's order whenever the server refuses one for a while and takes the
/// next.
final class Pushes {

  /// The most JSON values and field names of one push: servers decode 20,000 in a frame.
  private static final int PUSH_VALUES_MAX = 15_000;

  private final SessionLimits limits;
  private final CarefulWrites careful;
  private final Map<Ref, List<Long>> underWay = new HashMap<>();

  /// Whether one push at a time is under way over all scopes: a frame was not read, and it is to be
  /// found out which.
  private boolean oneByOne;

  /// The write that was alone under way when a frame was not read; -1 = none.
  private long suspect = -1;

  Pushes(SessionLimits limits, CarefulWrites careful) {
    this.limits = limits;
    this.careful = careful;
  }

  /// Sends the next push of a scope, if there is something to send and none under way.
  ///
  /// @return the writes that were sent
  List<QueuedWrite> next(FollowedScope scope, ScopeConnection connection, DeviceId device) {
    if (scope.push != null || (oneByOne && !underWay.isEmpty())) {
      return List.of();
    }
    List<QueuedWrite> writes = batch(scope);
    if (!writes.isEmpty()) {
      Ref ref = connection.push(writes.stream().map(write -> onWire(write, device)).toList());
      scope.push = ref;
      underWay.put(ref, writes.stream().map(QueuedWrite::number).toList());
    }
    return writes;
  }

  private List<QueuedWrite> batch(FollowedScope scope) {
    List<QueuedWrite> writes = new ArrayList<>();
    int bytes = 0;
    int values = 0;
    QueuedWrite write = careful.next(scope, 0);
    while (write != null) {
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

  /// A push was answered; the scope it belonged to may send the next.
  ///
  /// @return null = the scope was forgotten meanwhile, as it may be when the echoes of all its
  ///   writes have come before the answer, which then says nothing new
  @Nullable FollowedScope answered(Ref ref, Collection<FollowedScope> scopes) {
    for (FollowedScope scope : scopes) {
      if (ref.equals(scope.push)) {
        scope.push = null;
        return scope;
      }
    }
    return null;
  }

  /// The writes of an answered push, by number; forgotten with this call.
  List<Long> sent(Ref ref) {
    return Objects.requireNonNull(underWay.remove(ref), "push");
  }

  /// The server could not read a frame of ours, or closed the link because of its size, and does
  /// not say which: the next pushes are half as long, then they go one by one, until one write was
  /// twice the only one under way. Without that the same frame would be sent for ever, and
  /// everything behind it would wait.
  ///
  /// @return the place of that write; -1 = it is not known yet
  long unread(Collection<FollowedScope> scopes) {
    List<Long> suspects = underWay.values().stream().flatMap(List::stream).toList();
    long alone = suspects.size() == 1 ? suspects.getFirst() : -1;
    if (alone >= 0 && alone == suspect) {
      suspect = -1;
      oneByOne = false;
      return alone;
    }
    suspect = alone;
    oneByOne |= !suspects.isEmpty() && suspects.size() == underWay.size();
    for (FollowedScope scope : scopes) {
      List<Long> sent = scope.push == null ? null : underWay.get(scope.push);
      if (sent != null) {
        scope.pushWritesMax = Math.max(1, sent.size() / 2);
      }
    }
    return -1;
  }

  /// The link is gone: what had no answer is sent again, under the same keys.
  void unlinked() {
    underWay.clear();
  }
}
