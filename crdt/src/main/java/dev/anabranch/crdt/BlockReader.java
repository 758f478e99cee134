package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.JavaScriptJson;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.crdt.encoding.UpdateReader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads the blocks of an update one by one; the delete set follows the last.
final class BlockReader {
  private static final int KIND = 0x1f;
  private static final int HAS_ORIGIN = 0x80;
  private static final int HAS_RIGHT_ORIGIN = 0x40;
  private static final int HAS_KEY = 0x20;

  private final UpdateReader in;
  private final BlockStore.Clients clients;
  private int clientsLeft;
  private int blocksLeft;
  private int blocksRead;
  private @Nullable ClientBlocks client;
  private int clock;
  private @Nullable TextContent text;

  BlockReader(UpdateReader in, BlockStore.Clients clients) {
    this.in = in;
    this.clients = clients;
    this.clientsLeft = in.rest().readCount(2);
  }

  /// The next block, or nothing after the last.
  @Nullable Block next() {
    while (blocksLeft == 0) {
      if (clientsLeft == 0) {
        return null;
      }
      beginClient();
    }
    blocksLeft--;
    if (++blocksRead > in.blocksMax()) {
      throw new MalformedUpdate("the update unfolds to more than " + in.blocksMax() + " blocks");
    }
    Block block = readBlock(current());
    if (block.length < 1 || block.end() < 0) {
      throw new MalformedUpdate("a block of " + block.length + " units at " + clock);
    }
    clock = block.end();
    return block;
  }

  /// What the update deletes; to be read after the last block.
  DeleteSet readDeletes() {
    DeleteSet deletes = DeleteSet.read(in);
    in.expectEnd();
    if (text != null) {
      text.trim();
    }
    return deletes;
  }

  private void beginClient() {
    clientsLeft--;
    long count = in.rest().readVarUint();
    if (count > in.blocksMax()) {
      throw new MalformedUpdate("a count of " + count + " blocks exceeds the update");
    }
    blocksLeft = (int) count;
    client = clients.of(in.readClient());
    clock = in.rest().readClock();
  }

  private ClientBlocks current() {
    if (client == null) {
      throw new IllegalStateException("no client was read");
    }
    return client;
  }

  private Block readBlock(ClientBlocks maker) {
    int info = in.readInfo();
    return switch (info & KIND) {
      case Garbage.REFERENCE -> new Garbage(maker, clock, in.readLength());
      case Gap.REFERENCE -> new Gap(maker, clock, in.rest().readClock());
      default -> readItem(maker, info);
    };
  }

  private Item readItem(ClientBlocks maker, int info) {
    Item item = new Item(maker, clock, 1, DeletedContent.INSTANCE);
    if ((info & HAS_ORIGIN) != 0) {
      ClientBlocks origin = clients.of(in.readClient());
      item.setOrigin(origin, in.readLeftClock());
      refuseOwnFuture(maker, maker.id == origin.id, item.originClock);
    }
    if ((info & HAS_RIGHT_ORIGIN) != 0) {
      ClientBlocks origin = clients.of(in.readClient());
      item.setRightOrigin(origin, in.readRightClock());
      refuseOwnFuture(maker, maker.id == origin.id, item.rightOriginClock);
    }
    if ((info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN)) == 0) {
      item.parent = readParent(maker);
      item.key = (info & HAS_KEY) != 0 ? in.readString() : null;
    }
    readContent(item, info & KIND);
    return item;
  }

  private Parent readParent(ClientBlocks maker) {
    if (in.readParentIsRoot()) {
      return new RootName(in.readString());
    }
    BlockId parent = new BlockId(in.readClient(), in.readLeftClock());
    refuseOwnFuture(maker, maker.id == parent.client(), parent.clock());
    return parent;
  }

  /// A block can only refer to what its own maker made before.
  private void refuseOwnFuture(ClientBlocks maker, boolean isOwn, int reference) {
    if (isOwn && reference >= clock) {
      throw new MalformedUpdate(
          "unit " + clock + " of client " + maker.id + " refers to its own unit " + reference);
    }
  }

  private void readContent(Item item, int kind) {
    switch (kind) {
      case DeletedContent.REFERENCE -> item.length = in.readLength();
      case JsonContent.REFERENCE -> {
        List<Any> values = readValues(this::readOldJson);
        fill(item, new JsonContent(values), values.size());
      }
      case BinaryContent.REFERENCE -> item.content = new BinaryContent(in.readBytes());
      case TextContent.REFERENCE -> readText(item, in.readString());
      case EmbedContent.REFERENCE -> item.content = new EmbedContent(in.readJson());
      case FormatContent.REFERENCE -> item.content = new FormatContent(in.readKey(), in.readJson());
      case TypeContent.REFERENCE -> item.content = new TypeContent(readType());
      case AnyContent.REFERENCE -> {
        List<Any> values = readValues(in::readAny);
        fill(item, new AnyContent(values), values.size());
      }
      case DocumentContent.REFERENCE ->
          item.content = new DocumentContent(Subdocument.of(in.readString(), in.readAny()));
      default -> throw new MalformedUpdate("no content has number " + kind);
    }
  }

  private static void fill(Item item, Content content, int length) {
    item.content = content;
    item.length = length;
  }

  private void readText(Item item, String value) {
    if (text == null) {
      text = new TextContent(value.length());
    }
    item.textStart = text.append(value);
    fill(item, text, value.length());
  }

  private List<Any> readValues(Supplier<Any> one) {
    int count = in.readLength();
    List<Any> values = new ArrayList<>(Math.min(count, 16));
    for (int i = 0; i < count; i++) {
      if (values.size() > in.blocksMax()) {
        throw new MalformedUpdate("a count of " + count + " values exceeds the update");
      }
      values.add(one.get());
    }
    return values;
  }

  private Any readOldJson() {
    String json = in.readString();
    return json.equals(JsonContent.UNDEFINED) ? Any.UNDEFINED : JavaScriptJson.parse(json);
  }

  private Branch readType() {
    int reference = in.readTypeReference();
    if (!TypeKind.isReference(reference)) {
      throw new MalformedUpdate("no type has number " + reference);
    }
    TypeKind kind = TypeKind.ofReference(reference);
    return Branch.detached(kind, kind.isNamed() ? in.readKey() : "");
  }
}
