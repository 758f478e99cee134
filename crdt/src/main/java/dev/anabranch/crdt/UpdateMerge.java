package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.UpdateReader;
import dev.anabranch.crdt.encoding.UpdateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Merges updates in one pass over all of them: greatest client first, ascending clocks.
final class UpdateMerge {
  private final List<BlockReader> readers = new ArrayList<>();
  private final PriorityQueue<Source> sources = new PriorityQueue<>();
  private final UpdateWriter out;
  private final BlockWriter blocks;
  private @Nullable Block current;
  private int moves;

  UpdateMerge(UpdateFormat format, List<byte[]> updates) {
    for (byte[] update : updates) {
      UpdateReader in = format.reader(update);
      readers.add(Updates.reader(in));
    }
    out = format.writer();
    blocks = new BlockWriter(out);
  }

  /// One update with the block that comes next in it.
  private static final class Source implements Comparable<Source> {
    final BlockReader reader;
    Block block;

    /// Among equals the one that moved last comes first, the others as they were.
    int rank;

    Source(BlockReader reader, Block block, int rank) {
      this.reader = reader;
      this.block = block;
      this.rank = rank;
    }

    @Override
    public int compareTo(Source other) {
      int byClient = Long.compare(other.block.client.id, block.client.id);
      int byClock = byClient != 0 ? byClient : Integer.compare(block.clock, other.block.clock);
      return byClock != 0 ? byClock : Integer.compare(rank, other.rank);
    }
  }

  byte[] run() {
    for (int i = 0; i < readers.size(); i++) {
      Block first = nextBlock(readers.get(i));
      if (first != null) {
        sources.add(new Source(readers.get(i), first, i));
      }
    }
    for (Source source = sources.poll(); source != null; source = sources.poll()) {
      Block next = take(source, source.block);
      if (next != null) {
        source.block = next;
        source.rank = --moves;
        sources.add(source);
      }
    }
    if (current != null) {
      blocks.write(current, 0);
    }
    blocks.finish();
    DeleteSet.union(readers.stream().map(BlockReader::readDeletes).toList()).write(out);
    return out.toBytes();
  }

  /// Takes what follows directly from one update, and answers its block that does not.
  private @Nullable Block take(Source source, Block first) {
    long client = first.client.id;
    Block block = first;
    Block before = current;
    if (before == null) {
      current = block;
      block = nextBlock(source.reader);
    } else {
      block = skipKnown(source.reader, block, before);
      boolean skipped = !isSame(block, first);
      if (block == null || block.client.id != client || (skipped && block.clock > before.end())) {
        return block;
      }
      if (client != before.client.id) {
        blocks.write(before, 0);
        current = block;
        block = nextBlock(source.reader);
      } else if (before.end() < block.clock) {
        bridge(before, block);
      } else if (append(before, block)) {
        block = nextBlock(source.reader);
      }
    }
    return takeRun(source.reader, block, client);
  }

  @SuppressWarnings("ReferenceEquality") // the very block
  private static boolean isSame(@Nullable Block one, Block other) {
    return one == other;
  }

  private static @Nullable Block skipKnown(BlockReader reader, Block first, Block before) {
    Block block = first;
    while (block != null && block.end() <= before.end() && block.client.id >= before.client.id) {
      block = nextBlock(reader);
    }
    return block;
  }

  private void bridge(Block before, Block block) {
    if (before instanceof Gap) {
      before.length = block.end() - before.clock;
    } else {
      blocks.write(before, 0);
      current = new Gap(block.client, before.end(), block.clock - before.end());
    }
  }

  /// Puts what is new in a block after the current one; answers whether the block is used up.
  private boolean append(Block before, Block block) {
    int known = before.end() - block.clock;
    Block rest = block;
    if (known > 0 && before instanceof Gap) {
      before.length -= known;
    } else if (known > 0) {
      rest = block.without(known);
    }
    if (before.mergeWith(rest)) {
      return false;
    }
    blocks.write(before, 0);
    current = rest;
    return true;
  }

  private @Nullable Block takeRun(BlockReader reader, @Nullable Block first, long client) {
    Block block = first;
    while (block != null
        && current != null
        && block.client.id == client
        && block.clock == current.end()) {
      blocks.write(current, 0);
      current = block;
      block = nextBlock(reader);
    }
    return block;
  }

  /// Gaps say nothing here: what nobody has becomes a gap again.
  private static @Nullable Block nextBlock(BlockReader reader) {
    Block block = reader.next();
    while (block instanceof Gap) {
      block = reader.next();
    }
    return block;
  }
}
