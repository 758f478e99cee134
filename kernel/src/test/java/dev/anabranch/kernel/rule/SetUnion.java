package dev.anabranch.kernel.rule;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Fault;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The smallest document: a set of byte values, merged by union.
final class SetUnion implements DocumentMerge {

  @Override
  public Optional<Fault> check(Bytes update) {
    return Optional.empty();
  }

  @Override
  public Bytes merge(@Nullable Bytes state, Bytes update) {
    TreeSet<Byte> members = new TreeSet<>();
    for (Bytes some : state == null ? new Bytes[] {update} : new Bytes[] {state, update}) {
      for (byte member : some.toArray()) {
        members.add(member);
      }
    }
    byte[] sorted = new byte[members.size()];
    int place = 0;
    for (byte member : members) {
      sorted[place++] = member;
    }
    return Bytes.of(sorted);
  }
}
