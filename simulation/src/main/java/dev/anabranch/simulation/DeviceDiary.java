package dev.anabranch.simulation;

import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.client.session.WriteOutcome;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.testkit.TestModels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a device's user wrote and was told, kept outside the device.
final class DeviceDiary {

  private final String device;
  private final PrincipalId principal;
  private final Map<WriteKey, QueuedWrite> drafted = new LinkedHashMap<>();
  private final Map<WriteKey, WriteOutcome> settled = new HashMap<>();
  private final List<QueuedWrite> drafting = new ArrayList<>();

  DeviceDiary(String device, PrincipalId principal) {
    this.device = device;
    this.principal = principal;
  }

  /// The user writes; whether it comes onto the device's disk is not decided.
  void drafting(QueuedWrite write) {
    drafting.add(write);
  }

  /// What the user wrote is on the device's disk.
  void committed() {
    drafting.forEach(write -> drafted.put(write.key(), write));
    drafting.clear();
  }

  /// What the user wrote is not on the device's disk, and nobody said that it is.
  void lost() {
    drafting.clear();
  }

  /// The user was told what a write came to.
  ///
  /// @return what is broken about that
  List<String> settled(QueuedWrite write, WriteOutcome outcome, Truth truth) {
    WriteOutcome before = settled.putIfAbsent(write.key(), outcome);
    if (before != null && !kind(before).equals(kind(outcome))) {
      return List.of("K2: " + device + " was told " + before + ", then " + outcome);
    }
    List<String> wrong = new ArrayList<>();
    told(write, mine(truth, write), wrong);
    return wrong;
  }

  private @Nullable Change mine(Truth truth, QueuedWrite write) {
    return truth.log(write.scope()).stream()
        .filter(change -> change.author().equals(principal) && change.key().equals(write.key()))
        .findFirst()
        .orElse(null);
  }

  private static Object kind(WriteOutcome outcome) {
    return outcome instanceof WriteOutcome.Applied applied ? applied.syncId() : outcome.getClass();
  }

  /// What is broken at rest, when every write must have come to something.
  List<String> broken(Store store, Truth truth) {
    List<String> broken = new ArrayList<>();
    Map<WriteKey, Change> logged = new HashMap<>();
    Map<ScopeName, Long> lastNumber = new HashMap<>();
    for (ScopeName scope : World.SCOPES) {
      for (Change change : truth.log(scope)) {
        if (change.author().equals(principal) && drafted.containsKey(change.key())) {
          logged.put(change.key(), change);
          inOrder(Objects.requireNonNull(drafted.get(change.key())), lastNumber, broken);
        }
      }
    }
    drafted.values().forEach(write -> told(write, logged.get(write.key()), broken));
    Set<WriteKey> answered = answered(store);
    for (QueuedWrite write : drafted.values()) {
      boolean forNow = settled.get(write.key()) instanceof WriteOutcome.Refused;
      boolean decidedThere =
          write.isCareful() && settled.get(write.key()) instanceof WriteOutcome.Conflicted;
      if (!answered.contains(write.key()) && !forNow && !decidedThere) {
        broken.add("K6: " + device + "'s write " + write + " never reached the server");
      }
    }
    return broken;
  }

  private void inOrder(QueuedWrite write, Map<ScopeName, Long> lastNumber, List<String> broken) {
    Long last = lastNumber.put(write.scope(), write.number());
    if (last != null && last > write.number()) {
      broken.add("order: " + device + "'s write " + write.number() + " took effect after " + last);
    }
  }

  private void told(QueuedWrite write, @Nullable Change change, List<String> broken) {
    switch (settled.get(write.key())) {
      case WriteOutcome.Applied(long syncId, long version) -> {
        boolean moved = change != null && change.id() == syncId;
        boolean unchanged = change == null && isMarker(write);
        if (!moved && !unchanged) {
          broken.add("K6: " + device + " was told that " + write + " is " + syncId + ": " + change);
        }
      }
      case WriteOutcome.Conflicted ignored -> absent(write, change, broken);
      case WriteOutcome.Refused ignored -> absent(write, change, broken);
      case null -> {} // told to nobody: the device crashed just then
    }
  }

  private static boolean isMarker(QueuedWrite write) {
    return write.entity().model().equals(TestModels.MARKER);
  }

  private void absent(QueuedWrite write, @Nullable Change change, List<String> broken) {
    if (change != null) {
      broken.add("K9: " + device + " was told no, but " + write + " became " + change);
    }
  }

  /// The keys whose first answers the store remembers.
  private Set<WriteKey> answered(Store store) {
    Set<Remembered.Name> names = new HashSet<>();
    drafted
        .values()
        .forEach(write -> names.add(new Remembered.Name(write.scope(), principal, write.key())));
    Set<WriteKey> answered = new HashSet<>();
    store.commit(
        new Needs(Set.of(), names, Set.of(), Set.of()),
        loaded -> {
          names.stream()
              .filter(name -> loaded.remembered(name) != null)
              .forEach(name -> answered.add(name.key()));
          return new Effects(
              loaded.headId(),
              loaded.headHlc(),
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              List.of());
        });
    return answered;
  }
}
