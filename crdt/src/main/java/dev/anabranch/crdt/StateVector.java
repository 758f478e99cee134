package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.ByteWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How far somebody is: per client the clock of the first unit that is missing.
///
/// @param clocks by client id; a client that is absent is missing from its first unit on
public record StateVector(Map<Long, Integer> clocks) {
  public static final StateVector EMPTY = new StateVector(Map.of());

  public StateVector {
    clocks = Collections.unmodifiableMap(new LinkedHashMap<>(clocks));
  }

  /// Reads the bytes that [#encode] makes and that Yjs calls an encoded state vector.
  public static StateVector decode(byte[] bytes) {
    ByteReader whole = new ByteReader(bytes);
    skip(whole);
    whole.expectEnd();
    return read(new ByteReader(bytes));
  }

  /// Passes over one: what is malformed is refused before anything is made of it.
  static void skip(ByteReader in) {
    int count = in.readCount(2);
    for (int i = 0; i < count; i++) {
      in.readVarUint();
      in.readClock();
    }
  }

  static StateVector read(ByteReader in) {
    int count = in.readCount(2);
    Map<Long, Integer> clocks = LinkedHashMap.newLinkedHashMap(count);
    for (int i = 0; i < count; i++) {
      clocks.put(in.readVarUint(), in.readClock());
    }
    return new StateVector(clocks);
  }

  public byte[] encode() {
    ByteWriter out = new ByteWriter();
    write(out);
    return out.toBytes();
  }

  void write(ByteWriter out) {
    out.writeVarUint(clocks.size());
    List<Long> descending = new ArrayList<>(clocks.keySet());
    descending.sort((one, other) -> Long.compare(other, one));
    for (long client : descending) {
      out.writeVarUint(client);
      out.writeVarUint(clockOf(client));
    }
  }

  public int clockOf(long client) {
    return clocks.getOrDefault(client, 0);
  }
}
