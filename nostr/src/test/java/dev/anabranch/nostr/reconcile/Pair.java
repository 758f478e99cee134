package dev.anabranch.nostr.reconcile;

import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.reconcile.RecordSet.Record;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/// Two sides' records, made by chance: mostly common, many at the same second.
record Pair(List<Record> ours, List<Record> theirs) {

  static Pair random(Random random, int size) {
    double common = random.nextInt(4) == 0 ? random.nextDouble() : 1 - random.nextDouble() / 20;
    int times = 1 + random.nextInt(2 * size);
    List<Record> ours = new ArrayList<>();
    List<Record> theirs = new ArrayList<>();
    for (int index = 0; index < size; index++) {
      Record record = record(random, random.nextInt(times));
      boolean isCommon = random.nextDouble() < common;
      boolean isOurs = random.nextBoolean();
      if (isCommon || isOurs) {
        ours.add(record);
      }
      if (isCommon || !isOurs) {
        theirs.add(record);
      }
    }
    return new Pair(ours, theirs);
  }

  static Record record(Random random, long time) {
    byte[] id = new byte[32];
    random.nextBytes(id);
    if (random.nextInt(4) == 0) {
      Arrays.fill(id, 0, random.nextInt(31), (byte) random.nextInt(2));
    }
    return new Record(time, EventId.of(id));
  }

  static List<Record> minus(Collection<Record> left, Collection<Record> right) {
    Set<Record> taken = new HashSet<>(right);
    return left.stream().filter(record -> !taken.contains(record)).toList();
  }

  static Set<EventId> ids(Collection<Record> records) {
    return records.stream().map(Record::id).collect(Collectors.toSet());
  }
}
