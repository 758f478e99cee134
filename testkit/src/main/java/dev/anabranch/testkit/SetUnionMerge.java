package dev.anabranch.testkit;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.rule.DocumentMerge;
import java.util.BitSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The smallest document there is: a set of byte values, merged by union.
///
/// A state is the set's members in ascending order; no bytes at all are not an update.
public final class SetUnionMerge implements DocumentMerge {

  @Override
  public Optional<Fault> check(Bytes update) {
    return update.size() == 0
        ? Optional.of(new Fault(FaultCode.INVALID, "an update has at least one byte"))
        : Optional.empty();
  }

  @Override
  public Bytes merge(@Nullable Bytes state, Bytes update) {
    BitSet members = new BitSet(256);
    add(members, update);
    if (state != null) {
      add(members, state);
    }
    byte[] sorted = new byte[members.cardinality()];
    int place = 0;
    for (int member = members.nextSetBit(0); member >= 0; member = members.nextSetBit(member + 1)) {
      sorted[place++] = (byte) member;
    }
    return Bytes.of(sorted);
  }

  private static void add(BitSet members, Bytes bytes) {
    for (byte member : bytes.toArray()) {
      members.set(Byte.toUnsignedInt(member));
    }
  }
}
