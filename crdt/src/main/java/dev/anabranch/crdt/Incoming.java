package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.UpdateReader;
import java.util.ArrayList;
import java.util.List;

/// An update that was read whole and is well-formed.
///
/// @param blocks one list per client, ascending clocks
record Incoming(List<List<Block>> blocks, DeleteSet deletes) {

  static Incoming read(UpdateReader in, BlockStore store) {
    BlockReader reader = new BlockReader(in, new BlockStore.Clients(store));
    List<List<Block>> blocks = new ArrayList<>(1);
    ClientBlocks client = null;
    List<Block> ofClient = List.of();
    for (Block block = reader.next(); block != null; block = reader.next()) {
      if (client == null || client.id != block.client.id) {
        client = block.client;
        ofClient = new ArrayList<>(2);
        blocks.add(ofClient);
      }
      ofClient.add(block);
    }
    return new Incoming(blocks, reader.readDeletes());
  }
}
