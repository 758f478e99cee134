package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.crdt.encoding.UpdateReader;

/// Walks over an update and makes nothing of it, so that refusing one costs no memory (decision
/// 0030). It refuses what [BlockReader] would.
final class UpdateCheck {
  /// A shorter update of v1 is read at once: what is made of it before it is refused is little as
  /// well. One of v2 may unfold to much.
  static final int BYTES_MIN = 512;

  private final UpdateReader in;
  private final ClientsRead clients = new ClientsRead();
  private long maker;
  private int clock;
  private int blocksRead;

  private UpdateCheck(UpdateReader in) {
    this.in = in;
  }

  /// @throws MalformedUpdate if it is not an update
  static void run(UpdateReader in) {
    UpdateCheck check = new UpdateCheck(in);
    check.skipBlocks();
    DeleteSet.skip(in);
    in.expectEnd();
    check.clients.refuseTwice();
  }

  private void skipBlocks() {
    int clientsLeft = in.rest().readCount(BlockReader.CLIENT_BYTES_MIN);
    while (clientsLeft-- > 0) {
      int blocks = BlockReader.readBlockCount(in);
      maker = in.readClient();
      clock = in.rest().readClock();
      if (blocks > 0) {
        clients.add(maker);
      }
      for (int i = 0; i < blocks; i++) {
        BlockReader.expectBlocks(++blocksRead, in);
        clock = BlockReader.endOf(clock, skipBlock());
      }
    }
  }

  /// Answers how many units the block has.
  private int skipBlock() {
    int info = in.readInfo();
    return switch (info & BlockReader.KIND) {
      case Garbage.REFERENCE -> in.readLength();
      case Gap.REFERENCE -> in.rest().readClock();
      default -> {
        skipPlace(info);
        yield skipContent(info & BlockReader.KIND);
      }
    };
  }

  private void skipPlace(int info) {
    boolean hasLeft = (info & BlockReader.HAS_ORIGIN) != 0;
    boolean hasRight = (info & BlockReader.HAS_RIGHT_ORIGIN) != 0;
    if (hasLeft) {
      BlockReader.refuseOwnFuture(maker, clock, in.readClient(), in.readLeftClock());
    }
    if (hasRight) {
      BlockReader.refuseOwnFuture(maker, clock, in.readClient(), in.readRightClock());
    }
    if (!hasLeft && !hasRight) {
      if (in.readParentIsRoot()) {
        in.skipString();
      } else {
        BlockReader.refuseOwnFuture(maker, clock, in.readClient(), in.readLeftClock());
      }
      if ((info & BlockReader.HAS_KEY) != 0) {
        in.skipString();
      }
    }
  }

  private int skipContent(int kind) {
    switch (kind) {
      case DeletedContent.REFERENCE -> {
        return in.readLength();
      }
      case TextContent.REFERENCE -> {
        return in.skipString();
      }
      case JsonContent.REFERENCE -> {
        return skipValues(in::skipOldJson);
      }
      case AnyContent.REFERENCE -> {
        return skipValues(in::skipAny);
      }
      case BinaryContent.REFERENCE -> in.skipBytes();
      case EmbedContent.REFERENCE -> in.skipJson();
      case FormatContent.REFERENCE -> {
        in.skipKey();
        in.skipJson();
      }
      case TypeContent.REFERENCE -> {
        if (BlockReader.readTypeKind(in).isNamed()) {
          in.skipKey();
        }
      }
      case DocumentContent.REFERENCE -> {
        in.skipString();
        in.skipAny();
      }
      default -> throw BlockReader.noContent(kind);
    }
    return 1;
  }

  private int skipValues(Runnable one) {
    int count = BlockReader.readValueCount(in);
    for (int i = 0; i < count; i++) {
      one.run();
    }
    return count;
  }
}
