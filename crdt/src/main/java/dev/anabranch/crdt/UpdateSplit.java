package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.WriterV1;
import java.util.ArrayList;
import java.util.List;

/// Cuts an update into several: first its blocks, then its deletions.
final class UpdateSplit {
  /// The least that a part may be bound to, in bytes.
  private static final int BYTES_LEAST = 64;

  /// What a part has besides its blocks: two counts, and for each client two numbers.
  private static final int FRAME_BYTES = 32;

  private final int bytesMax;
  private final List<UpdateV1> parts = new ArrayList<>();
  private WriterV1 out = new WriterV1();
  private BlockWriter blocks = new BlockWriter(out);
  private int bytes;
  private DeleteSet deletes = new DeleteSet();

  UpdateSplit(int bytesMax) {
    if (bytesMax < BYTES_LEAST) {
      throw new IllegalArgumentException("parts of " + bytesMax + " bytes");
    }
    this.bytesMax = bytesMax;
  }

  List<UpdateV1> split(UpdateV1 update) {
    BlockReader reader = Updates.reader(UpdateFormat.reader(update));
    for (Block block = reader.next(); block != null; block = reader.next()) {
      if (block instanceof Gap) {
        close(); // a part tells of a client where its first block stands, and nothing of the rest
      } else {
        add(block);
      }
    }
    reader
        .readDeletes()
        .forEach((client, ranges) -> {
          for (int i = 0; i < ranges.size(); i++) {
            room(FRAME_BYTES);
            deletes.add(client, ranges.clock(i), ranges.length(i));
          }
        });
    close();
    return parts;
  }

  private void add(Block block) {
    int size = FRAME_BYTES + bytesOf(block);
    if (size > bytesMax && isCuttable(block)) {
      Block rest = cut(block);
      add(block);
      add(rest);
    } else {
      room(size);
      blocks.write(block, 0);
    }
  }

  private static int bytesOf(Block block) {
    WriterV1 alone = new WriterV1();
    block.write(alone, 0);
    return alone.rest().size();
  }

  private static boolean isCuttable(Block block) {
    return block instanceof Item item
        && switch (item.content) {
          case TextContent ignored -> item.length > 2; // one character may be two units
          case AnyContent ignored -> item.length > 1;
          case JsonContent ignored -> item.length > 1;
          default -> false;
        };
  }

  /// Cuts a block in two, never a character: keeps the left half, answers the right one.
  private static Block cut(Block block) {
    int at = block.length / 2;
    if (block instanceof Item item
        && item.content instanceof TextContent text
        && Character.isHighSurrogate(text.units[item.textStart + at - 1])) {
      at++;
    }
    Block rest = block.without(at);
    block.length = at;
    return rest;
  }

  /// Makes sure that so many bytes fit into the part that is being written.
  private void room(int more) {
    if (bytes > 0 && bytes + more > bytesMax) {
      close();
    }
    bytes += more;
  }

  private void close() {
    if (bytes == 0) {
      return;
    }
    blocks.finish();
    deletes.write(out);
    parts.add(new UpdateV1(out.toBytes()));
    out = new WriterV1();
    blocks = new BlockWriter(out);
    deletes = new DeleteSet();
    bytes = 0;
  }
}
