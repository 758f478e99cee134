package dev.anabranch.crdt.protocol;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.ByteWriter;
import dev.anabranch.crdt.encoding.JavaScriptJson;
import java.util.ArrayList;
import java.util.List;

/// What some clients say about themselves: cursors, names, colours.
public record AwarenessUpdate(List<Entry> entries) {
  private static final int ENTRY_BYTES_MIN = 3;

  public AwarenessUpdate {
    entries = List.copyOf(entries);
  }

  /// One client's word.
  ///
  /// @param clock grows with each word; an older one is not news
  /// @param state any JSON; null says that the client has gone
  public record Entry(long client, long clock, Any state) {
    public boolean isGone() {
      return state instanceof Any.Null;
    }
  }

  public static AwarenessUpdate decode(byte[] bytes) {
    refuseMalformed(new ByteReader(bytes));
    ByteReader in = new ByteReader(bytes);
    int count = in.readCount(ENTRY_BYTES_MIN);
    List<Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long client = in.readVarUint();
      long clock = in.readVarUint();
      entries.add(new Entry(client, clock, JavaScriptJson.parse(in.readString())));
    }
    return new AwarenessUpdate(entries);
  }

  /// Before anything is made of them.
  private static void refuseMalformed(ByteReader in) {
    int count = in.readCount(ENTRY_BYTES_MIN);
    for (int i = 0; i < count; i++) {
      in.readVarUint();
      in.readVarUint();
      in.skipJson();
    }
    in.expectEnd();
  }

  public byte[] encode() {
    ByteWriter out = new ByteWriter();
    out.writeVarUint(entries.size());
    for (Entry entry : entries) {
      out.writeVarUint(entry.client);
      out.writeVarUint(entry.clock);
      out.writeString(JavaScriptJson.stringify(entry.state));
    }
    return out.toBytes();
  }
}
