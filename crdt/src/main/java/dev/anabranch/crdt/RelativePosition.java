package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.ByteWriter;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A place in a list or text that stays where it is while others change what is around it.
///
/// @param type the item that holds the type, unless it is a root
/// @param root the name of the root, if the type is one
/// @param item the unit the place belongs to; absent at the end, or at the start if it looks left
/// @param association 0 or more: belongs to the unit after it; less: to the unit before it
public record RelativePosition(
    @Nullable BlockId type, @Nullable String root, @Nullable BlockId item, int association) {
  private static final int ITEM = 0;
  private static final int ROOT = 1;
  private static final int TYPE = 2;

  public RelativePosition {
    if (type == null && root == null && item == null) {
      throw new IllegalArgumentException("a position in nothing");
    }
  }

  /// The place before the unit at an index.
  public static RelativePosition at(SharedType type, int index, int association) {
    type.checkRange(index, 0);
    Branch branch = type.branch();
    BlockId unit = association < 0 ? unitBefore(branch, index) : unitAt(branch, index);
    return branch.item == null
        ? new RelativePosition(null, branch.name, unit, association)
        : new RelativePosition(branch.item.id(), null, unit, association);
  }

  public static RelativePosition decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int tag = in.readByte();
    BlockId id = tag == ROOT ? null : new BlockId(in.readVarUint(), in.readClock());
    String root = tag == ROOT ? in.readString() : null;
    int association = in.hasMore() ? (int) in.readVarInt() : 0;
    in.expectEnd();
    return switch (tag) {
      case ITEM -> new RelativePosition(null, null, id, association);
      case ROOT -> new RelativePosition(null, root, null, association);
      case TYPE -> new RelativePosition(id, null, null, association);
      default -> throw new MalformedUpdate("no relative position has tag " + tag);
    };
  }

  public byte[] encode() {
    ByteWriter out = new ByteWriter(16);
    if (item != null) {
      writeId(out, ITEM, item);
    } else if (root != null) {
      out.writeByte(ROOT);
      out.writeString(root);
    } else if (type != null) {
      writeId(out, TYPE, type);
    }
    out.writeVarInt(association);
    return out.toBytes();
  }

  /// Where the place is now.
  ///
  /// @param index before the unit that has it
  public record Place(SharedType type, int index) {}

  /// Finds the place in a document, or nothing while what it refers to has not come or is
  /// forgotten.
  public Optional<Place> in(Document document) {
    return Optional.ofNullable(item != null ? placeOf(document, item) : edgeOf(document));
  }

  private @Nullable Place placeOf(Document document, BlockId unit) {
    ItemSearch.Hit hit = ItemSearch.followRedone(document, unit);
    if (hit == null) {
      return null;
    }
    Item found = hit.item();
    Branch branch = found.branch();
    if (branch.isDeleted()) {
      return new Place(SharedType.of(branch), 0);
    }
    int inside = found.isVisible() ? hit.offset() + (association >= 0 ? 0 : 1) : 0;
    return new Place(SharedType.of(branch), Positions.indexOf(branch, found) + inside);
  }

  private @Nullable Place edgeOf(Document document) {
    Branch branch;
    if (root != null) {
      branch = document.root(root);
    } else {
      ItemSearch.Hit hit = type == null ? null : ItemSearch.followRedone(document, type);
      if (hit == null || !(hit.item().content instanceof TypeContent content)) {
        return null;
      }
      branch = content.branch;
    }
    return new Place(SharedType.of(branch), association >= 0 ? branch.length : 0);
  }

  private static @Nullable BlockId unitAt(Branch branch, int index) {
    if (index == branch.length) {
      return null;
    }
    Landmark place = Positions.find(branch, index);
    return new BlockId(place.found().client.id, place.found().clock + index - place.start);
  }

  private static @Nullable BlockId unitBefore(Branch branch, int index) {
    return index == 0 ? null : unitAt(branch, index - 1);
  }

  private static void writeId(ByteWriter out, int tag, BlockId id) {
    out.writeByte(tag);
    out.writeVarUint(id.client());
    out.writeVarUint(id.clock());
  }
}
