package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.ByteWriter;
import dev.anabranch.crdt.encoding.UpdateWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes blocks of which it is not known beforehand how many there will be.
final class BlockWriter {
  private final UpdateWriter out;
  private final List<Part> parts = new ArrayList<>();
  private @Nullable ClientBlocks client;
  private int written;

  BlockWriter(UpdateWriter out) {
    this.out = out;
  }

  /// The blocks of one client, and how many they are.
  private record Part(int written, ByteWriter bytes) {}

  void write(Block block, int offset) {
    if (client == null || client.id != block.client.id) {
      endClient();
      client = block.client;
      out.writeClient(client.id);
      out.rest().writeVarUint(block.clock + offset);
    }
    block.write(out, offset);
    written++;
  }

  /// Puts the counts before the blocks; the delete set is to follow.
  void finish() {
    endClient();
    out.rest().writeVarUint(parts.size());
    for (Part part : parts) {
      out.rest().writeVarUint(part.written);
      out.rest().writeRaw(part.bytes);
    }
  }

  private void endClient() {
    if (written > 0) {
      parts.add(new Part(written, out.takeRest()));
      written = 0;
    }
  }
}
