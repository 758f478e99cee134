package dev.anabranch.crdt.encoding;

import java.util.ArrayList;
import java.util.List;

/// Update format v2: nine length-prefixed columns, then the rest.
public final class ReaderV2 implements UpdateReader {
  /// Runs make blocks of no bytes at all; these two bound what a short update may unfold to.
  private static final int BLOCKS_FREE = 1 << 16;

  private static final int BLOCKS_PER_BYTE = 1 << 10;

  private final ByteReader rest;
  private final RunReader keyClocks;
  private final RunReader clients;
  private final RunReader leftClocks;
  private final RunReader rightClocks;
  private final RunReader infos;
  private final RunReader stringLengths;
  private final String strings;
  private final RunReader parentInfos;
  private final RunReader typeReferences;
  private final RunReader lengths;
  private final List<String> keys = new ArrayList<>();
  private final int blocksMax;
  private final JsonCheck json;
  private int keysSkipped;
  private int stringsRead;
  private int deleteClock;

  public ReaderV2(byte[] update) {
    this(update, (int) Math.min(BLOCKS_FREE + (long) update.length * BLOCKS_PER_BYTE, 1 << 30));
  }

  private ReaderV2(byte[] update, int blocksMax) {
    rest = new ByteReader(update);
    if (rest.readByte() != 0) {
      throw new MalformedUpdate("update format v2 begins with a zero");
    }
    keyClocks = column(RunReader.Kind.STEPS);
    clients = column(RunReader.Kind.NUMBERS);
    leftClocks = column(RunReader.Kind.STEPS);
    rightClocks = column(RunReader.Kind.STEPS);
    infos = column(RunReader.Kind.BYTES);
    ByteReader stringColumn = rest.readPart();
    strings = stringColumn.readString();
    json = new JsonCheck(strings);
    stringLengths = new RunReader(RunReader.Kind.NUMBERS, stringColumn);
    parentInfos = column(RunReader.Kind.BYTES);
    typeReferences = column(RunReader.Kind.NUMBERS);
    lengths = column(RunReader.Kind.NUMBERS);
    this.blocksMax = blocksMax;
  }

  /// Reads an update that this library wrote: it may unfold to any number of blocks.
  public static ReaderV2 ofOwn(byte[] update) {
    return new ReaderV2(update, Integer.MAX_VALUE);
  }

  /// A delete set, with what follows it, in the manner of v2 but without columns.
  public static ReaderV2 ofDeletes(byte[] bytes) {
    ByteWriter update = new ByteWriter(bytes.length + 11);
    new WriterV2().writeColumns(update);
    update.writeRaw(bytes);
    return new ReaderV2(update.toBytes());
  }

  @Override
  public ByteReader rest() {
    return rest;
  }

  @Override
  public long readClient() {
    return clients.read();
  }

  @Override
  public int readLeftClock() {
    return leftClocks.readClock();
  }

  @Override
  public int readRightClock() {
    return rightClocks.readClock();
  }

  @Override
  public int readInfo() {
    return (int) infos.read();
  }

  @Override
  public String readString() {
    int start = stringsRead;
    return strings.substring(start, start + skipString());
  }

  @Override
  public int skipString() {
    long length = stringLengths.read();
    if (length > strings.length() - stringsRead) {
      throw new MalformedUpdate("a string exceeds its column");
    }
    stringsRead += (int) length;
    return (int) length;
  }

  @Override
  public boolean readParentIsRoot() {
    return parentInfos.read() == 1;
  }

  @Override
  public int readTypeReference() {
    return typeReferences.readClock();
  }

  @Override
  public int readLength() {
    return lengths.readClock();
  }

  @Override
  public Any readAny() {
    return AnyBytes.read(rest);
  }

  @Override
  public byte[] readBytes() {
    return rest.readBytes();
  }

  @Override
  public Any readJson() {
    return AnyBytes.read(rest);
  }

  @Override
  public String readKey() {
    int number = keyClocks.readClock();
    if (number < keys.size()) {
      return keys.get(number);
    }
    String key = readString();
    keys.add(key);
    return key;
  }

  @Override
  public void skipAny() {
    AnyBytes.skip(rest);
  }

  @Override
  public void skipBytes() {
    rest.skipBytes();
  }

  @Override
  public void skipJson() {
    AnyBytes.skip(rest);
  }

  @Override
  public void skipOldJson() {
    int start = stringsRead;
    json.runOld(start, start + skipString());
  }

  @Override
  public void skipKey() {
    if (keyClocks.readClock() >= keysSkipped) {
      skipString();
      keysSkipped++;
    }
  }

  @Override
  public void resetDeleteClock() {
    deleteClock = 0;
  }

  @Override
  public int readDeleteClock() {
    deleteClock = ByteReader.clock(deleteClock + rest.readVarUint());
    return deleteClock;
  }

  @Override
  public int readDeleteLength() {
    int length = ByteReader.clock(rest.readVarUint() + 1);
    deleteClock = ByteReader.clock((long) deleteClock + length);
    return length;
  }

  @Override
  public int blocksMax() {
    return blocksMax;
  }

  @Override
  public void expectEnd() {
    rest.expectEnd();
  }

  private RunReader column(RunReader.Kind kind) {
    return new RunReader(kind, rest.readPart());
  }
}
