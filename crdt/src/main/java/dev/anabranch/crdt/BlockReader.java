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
  static final int KIND = 0x1f;
  static final int HAS_ORIGIN = 0x80;
  static final int HAS_RIGHT_ORIGIN = 0x40;
  static final int HAS_KEY = 0x20;

  /// How many bytes the part of a client has at least.
  static final int CLIENT_BYTES_MIN = 2;

  private final UpdateReader in;
  private final BlockStore.Clients clients;
  private final ClientsRead order = new ClientsRead();
  private int clientsLeft;
  private int blocksLeft;
  private int blocksRead;
  private @Nullable ClientBlocks client;
  private int clock;
  private @Nullable TextContent text;

  BlockReader(UpdateReader in, BlockStore.Clients clients) {
    this.in = in;
    this.clients = clients;
    this.clientsLeft = in.rest().readCount(CLIENT_BYTES_MIN);
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
    expectBlocks(++blocksRead, in);
    Block block = readBlock(current());
    clock = endOf(clock, block.length);
    return block;
  }

  /// What the update deletes; to be read after the last block.
  DeleteSet readDeletes() {
    DeleteSet deletes = DeleteSet.read(in);
    in.expectEnd();
    order.refuseTwice();
    if (text != null) {
      text.trim();
    }
    return deletes;
  }

  /// Whether the blocks of the greatest client came first, so far.
  boolean isDescending() {
    return order.isDescending();
  }

  private void beginClient() {
    clientsLeft--;
    blocksLeft = readBlockCount(in);
    client = clients.of(in.readClient());
    clock = in.rest().readClock();
    if (blocksLeft > 0) {
      order.add(client.id);
    }
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
      refuseOwnFuture(maker.id, clock, origin.id, item.originClock);
    }
    if ((info & HAS_RIGHT_ORIGIN) != 0) {
      ClientBlocks origin = clients.of(in.readClient());
      item.setRightOrigin(origin, in.readRightClock());
      refuseOwnFuture(maker.id, clock, origin.id, item.rightOriginClock);
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
    refuseOwnFuture(maker.id, clock, parent.client(), parent.clock());
    return parent;
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
      default -> throw noContent(kind);
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
    int count = readValueCount(in);
    List<Any> values = new ArrayList<>(Math.min(count, 16));
    for (int i = 0; i < count; i++) {
      values.add(one.get());
    }
    return values;
  }

  private Any readOldJson() {
    String json = in.readString();
    return json.equals(JsonContent.UNDEFINED) ? Any.UNDEFINED : JavaScriptJson.parse(json);
  }

  private Branch readType() {
    TypeKind kind = readTypeKind(in);
    return Branch.detached(kind, kind.isNamed() ? in.readKey() : "");
  }

  static int readBlockCount(UpdateReader in) {
    long count = in.rest().readVarUint();
    if (count > in.blocksMax()) {
      throw new MalformedUpdate("a count of " + count + " blocks exceeds the update");
    }
    return (int) count;
  }

  static int readValueCount(UpdateReader in) {
    int count = in.readLength();
    if (count > in.blocksMax()) {
      throw new MalformedUpdate("a count of " + count + " values exceeds the update");
    }
    return count;
  }

  static TypeKind readTypeKind(UpdateReader in) {
    int reference = in.readTypeReference();
    if (!TypeKind.isReference(reference)) {
      throw new MalformedUpdate("no type has number " + reference);
    }
    return TypeKind.ofReference(reference);
  }

  static void expectBlocks(int count, UpdateReader in) {
    if (count > in.blocksMax()) {
      throw new MalformedUpdate("the update unfolds to more than " + in.blocksMax() + " blocks");
    }
  }

  /// Where a block ends that begins at a clock.
  static int endOf(int clock, int length) {
    if (length < 1 || clock + length < 0) {
      throw new MalformedUpdate("a block of " + length + " units at " + clock);
    }
    return clock + length;
  }

  /// A block can only refer to what its own maker made before.
  static void refuseOwnFuture(long maker, int clock, long referred, int reference) {
    if (maker == referred && reference >= clock) {
      throw new MalformedUpdate(
          "unit " + clock + " of client " + maker + " refers to its own unit " + reference);
    }
  }

  static MalformedUpdate noContent(int kind) {
    return new MalformedUpdate("no content has number " + kind);
  }
}
