package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.crdt.encoding.UpdateReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An update that was read whole and is well-formed.
///
/// @param blocks by client id, ascending clocks
record Incoming(Map<Long, List<Block>> blocks, DeleteSet deletes) {

  static Incoming read(UpdateReader in, BlockStore store) {
    BlockReader reader = new BlockReader(in, new BlockStore.Clients(store));
    Map<Long, List<Block>> blocks = new LinkedHashMap<>(4);
    ClientBlocks client = null;
    List<Block> ofClient = List.of();
    for (Block block = reader.next(); block != null; block = reader.next()) {
      if (client == null || client.id != block.client.id) {
        client = block.client;
        ofClient = new ArrayList<>(4);
        if (blocks.put(client.id, ofClient) != null) {
          throw new MalformedUpdate("client " + client.id + " stands twice in the update");
        }
      }
      ofClient.add(block);
    }
    return new Incoming(blocks, reader.readDeletes());
  }
}
