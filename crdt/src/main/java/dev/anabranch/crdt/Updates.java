package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.UpdateReader;
import dev.anabranch.crdt.encoding.UpdateWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Works on updates without a document: what a server does that only passes them on and keeps them.
public final class Updates {
  private Updates() {}

  /// One update that says what several say; what lies between them stays a gap.
  public static UpdateV1 mergeV1(List<UpdateV1> updates) {
    return new UpdateV1(merge(UpdateFormat.V1, updates.stream().map(UpdateV1::bytes).toList()));
  }

  public static UpdateV2 mergeV2(List<UpdateV2> updates) {
    return new UpdateV2(merge(UpdateFormat.V2, updates.stream().map(UpdateV2::bytes).toList()));
  }

  /// What of an update somebody lacks; all its deletions stay.
  public static UpdateV1 diffV1(UpdateV1 update, StateVector known) {
    return new UpdateV1(diff(UpdateFormat.reader(update), UpdateFormat.V1.writer(), known));
  }

  public static UpdateV2 diffV2(UpdateV2 update, StateVector known) {
    return new UpdateV2(diff(UpdateFormat.reader(update), UpdateFormat.V2.writer(), known));
  }

  public static UpdateV2 toV2(UpdateV1 update) {
    return new UpdateV2(convert(update, UpdateFormat.V2));
  }

  public static UpdateV1 toV1(UpdateV2 update) {
    return new UpdateV1(convert(update, UpdateFormat.V1));
  }

  /// What an update says in several of at most so many bytes each, to be applied in their order;
  /// gaps are left out. A unit that is larger by itself – an embedded file, a value – goes alone.
  ///
  /// @param bytesMax at least 64
  public static List<UpdateV1> splitV1(UpdateV1 update, int bytesMax) {
    return update.bytes().length <= bytesMax
        ? List.of(update)
        : new UpdateSplit(bytesMax).split(update);
  }

  /// How far somebody is who has only this update: up to the first gap of each client.
  public static StateVector stateVectorOf(Update update) {
    BlockReader reader = reader(UpdateFormat.reader(update));
    Map<Long, Integer> clocks = new LinkedHashMap<>();
    for (Block block = reader.next(); block != null; block = reader.next()) {
      int known = clocks.getOrDefault(block.client.id, 0);
      if (!(block instanceof Gap) && block.clock == known) {
        clocks.put(block.client.id, block.end());
      }
    }
    reader.readDeletes();
    return new StateVector(clocks);
  }

  /// Whether two updates add and delete the same units, however they are cut.
  public static boolean coverTheSame(Update one, Update other) {
    BlockReader first = reader(UpdateFormat.reader(one));
    BlockReader second = reader(UpdateFormat.reader(other));
    return units(first).equals(units(second)) && deletes(first).equals(deletes(second));
  }

  private static DeleteSet units(BlockReader reader) {
    DeleteSet units = new DeleteSet();
    for (Block block = reader.next(); block != null; block = reader.next()) {
      if (!(block instanceof Gap)) {
        units.add(block.client.id, block.clock, block.length);
      }
    }
    units.sortAndMerge();
    return units;
  }

  private static DeleteSet deletes(BlockReader reader) {
    DeleteSet deletes = reader.readDeletes();
    deletes.sortAndMerge();
    return deletes;
  }

  /// What an update would do, for those who decide whether it may.
  public static UpdateInspection inspect(Update update) {
    BlockReader reader = reader(UpdateFormat.reader(update));
    List<UpdateInspection.BlockView> blocks = new ArrayList<>();
    for (Block block = reader.next(); block != null; block = reader.next()) {
      blocks.add(UpdateInspection.viewOf(block));
    }
    return UpdateInspection.of(blocks, reader.readDeletes());
  }

  private static byte[] merge(UpdateFormat format, List<byte[]> updates) {
    return updates.size() == 1
        ? updates.getFirst()
        : new UpdateMerge(format, updates, format::reader).run();
  }

  /// As [#mergeV2], of what this library wrote.
  static UpdateV2 mergeOwn(UpdateV2 one, UpdateV2 other) {
    return new UpdateV2(mergeOwn(UpdateFormat.V2, List.of(one.bytes(), other.bytes())));
  }

  static byte[] mergeOwn(UpdateFormat format, List<byte[]> updates) {
    return new UpdateMerge(format, updates, format::ownReader).run();
  }

  /// What somebody lacks of an update that this library wrote, in one of the formats.
  static byte[] ownFor(StateVector known, UpdateV2 update, UpdateFormat format) {
    return diff(UpdateFormat.V2.ownReader(update.bytes()), format.writer(), known);
  }

  static BlockReader reader(UpdateReader in) {
    return new BlockReader(in, new BlockStore.Clients(null));
  }

  private static byte[] diff(UpdateReader in, UpdateWriter out, StateVector known) {
    BlockReader reader = reader(in);
    BlockWriter blocks = new BlockWriter(out);
    @Nullable ClientBlocks begun = null;
    for (Block block = reader.next(); block != null; block = reader.next()) {
      if (begun != null && begun.id == block.client.id) {
        blocks.write(block, 0);
      } else if (!(block instanceof Gap) && block.end() > known.clockOf(block.client.id)) {
        begun = block.client;
        blocks.write(block, Math.max(known.clockOf(begun.id) - block.clock, 0));
      }
    }
    blocks.finish();
    reader.readDeletes().write(out);
    return out.toBytes();
  }

  private static byte[] convert(Update update, UpdateFormat format) {
    BlockReader reader = reader(UpdateFormat.reader(update));
    UpdateWriter out = format.writer();
    BlockWriter blocks = new BlockWriter(out);
    for (Block block = reader.next(); block != null; block = reader.next()) {
      blocks.write(block, 0);
    }
    blocks.finish();
    reader.readDeletes().write(out);
    return out.toBytes();
  }
}
