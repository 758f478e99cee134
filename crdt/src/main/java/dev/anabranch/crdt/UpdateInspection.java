package dev.anabranch.crdt;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is in an update, block by block.
///
/// @param blocks what it adds, as it stands in the bytes
/// @param deletes what it deletes
public record UpdateInspection(List<BlockView> blocks, List<Range> deletes) {
  public UpdateInspection {
    blocks = List.copyOf(blocks);
    deletes = List.copyOf(deletes);
  }

  /// The kinds of content a block can have.
  public enum Kind {
    GARBAGE,
    GAP,
    DELETED,
    JSON,
    BINARY,
    TEXT,
    EMBED,
    FORMAT,
    TYPE,
    ANY,
    DOCUMENT
  }

  /// One block.
  ///
  /// @param length in units
  /// @param root the root type it stands in, if the bytes say so; most blocks name a neighbour
  ///   instead
  /// @param parent the item whose type it stands in, if the bytes say so
  /// @param key its key in a map, if the bytes say so
  public record BlockView(
      BlockId id,
      int length,
      Kind kind,
      @Nullable String root,
      @Nullable BlockId parent,
      @Nullable String key) {}

  /// Consecutive units of a client.
  public record Range(BlockId first, int length) {}

  /// Whether it adds or deletes nothing, as a read-only peer may send it.
  public boolean changesNothing() {
    return deletes.isEmpty() && blocks.stream().allMatch(block -> block.kind() == Kind.GAP);
  }

  static UpdateInspection of(List<BlockView> blocks, DeleteSet deletes) {
    List<Range> ranges = new ArrayList<>();
    deletes
        .clients()
        .forEach((client, clocks) -> {
          for (int i = 0; i < clocks.size(); i++) {
            ranges.add(new Range(new BlockId(client, clocks.clock(i)), clocks.length(i)));
          }
        });
    return new UpdateInspection(blocks, ranges);
  }

  static BlockView viewOf(Block block) {
    if (!(block instanceof Item item)) {
      Kind kind = block instanceof Gap ? Kind.GAP : Kind.GARBAGE;
      return new BlockView(block.id(), block.length, kind, null, null, null);
    }
    String root = item.parent instanceof RootName(String name) ? name : null;
    BlockId parent = item.parent instanceof BlockId id ? id : null;
    return new BlockView(item.id(), item.length, kindOf(item.content), root, parent, item.key);
  }

  private static Kind kindOf(Content content) {
    return switch (content) {
      case DeletedContent ignored -> Kind.DELETED;
      case JsonContent ignored -> Kind.JSON;
      case BinaryContent ignored -> Kind.BINARY;
      case TextContent ignored -> Kind.TEXT;
      case EmbedContent ignored -> Kind.EMBED;
      case FormatContent ignored -> Kind.FORMAT;
      case TypeContent ignored -> Kind.TYPE;
      case AnyContent ignored -> Kind.ANY;
      case DocumentContent ignored -> Kind.DOCUMENT;
    };
  }
}
