package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.UpdateReader;
import dev.anabranch.crdt.encoding.UpdateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Merges updates in one pass over all of them: greatest client first, ascending clocks.
final class UpdateMerge {
  private final UpdateFormat format;
  private final List<byte[]> updates;
  private final Function<byte[], UpdateReader> opening;
  private final List<BlockReader> readers = new ArrayList<>();
  private final UpdateWriter out;
  private final BlockWriter blocks;
  private @Nullable Block current;

  /// @param opening how an update of that format is read
  UpdateMerge(UpdateFormat format, List<byte[]> updates, Function<byte[], UpdateReader> opening) {
    this.format = format;
    this.updates = updates;
    this.opening = opening;
    updates.forEach(update -> readers.add(Updates.reader(opening.apply(update))));
    out = format.writer();
    blocks = new BlockWriter(out);
  }

  byte[] run() {
    List<MergeSources.Source> begun = new ArrayList<>(readers.size());
    for (BlockReader reader : readers) {
      Block first = nextBlock(reader);
      if (first != null) {
        begun.add(new MergeSources.Source(reader, first, begun.size()));
      }
    }
    MergeSources sources = new MergeSources(begun);
    while (!sources.isEmpty()) {
      MergeSources.Source source = sources.take();
      Block next = take(source.reader, source.block);
      if (next != null) {
        source.block = next;
        sources.putBack(source);
      }
    }
    if (current != null) {
      blocks.write(current, 0);
    }
    blocks.finish();
    DeleteSet.union(readers.stream().map(BlockReader::readDeletes).toList()).write(out);
    return readers.stream().allMatch(BlockReader::isDescending)
        ? out.toBytes()
        : new UpdateMerge(format, updates.stream().map(this::inOrder).toList(), format::ownReader)
            .run();
  }

  /// An update with its greatest client first: as all known writers write it, and as one pass over
  /// several needs it.
  private byte[] inOrder(byte[] update) {
    BlockReader reader = Updates.reader(opening.apply(update));
    List<Block> all = new ArrayList<>();
    for (Block block = reader.next(); block != null; block = reader.next()) {
      all.add(block);
    }
    DeleteSet deletes = reader.readDeletes();
    if (reader.isDescending()) {
      return update;
    }
    all.sort((one, other) -> Long.compare(other.client.id, one.client.id));
    UpdateWriter sorted = format.writer();
    BlockWriter written = new BlockWriter(sorted);
    all.forEach(block -> written.write(block, 0));
    written.finish();
    deletes.write(sorted);
    return sorted.toBytes();
  }

  /// Takes what follows directly from one update, and answers its block that does not.
  private @Nullable Block take(BlockReader reader, Block first) {
    long client = first.client.id;
    Block block = first;
    Block before = current;
    if (before == null) {
      current = block;
      block = nextBlock(reader);
    } else {
      block = skipKnown(reader, block, before);
      boolean skipped = !isSame(block, first);
      if (block == null || block.client.id != client || (skipped && block.clock > before.end())) {
        return block;
      }
      if (client != before.client.id) {
        blocks.write(before, 0);
        current = block;
        block = nextBlock(reader);
      } else if (before.end() < block.clock) {
        bridge(before, block);
      } else if (append(before, block)) {
        block = nextBlock(reader);
      }
    }
    return takeRun(reader, block, client);
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
