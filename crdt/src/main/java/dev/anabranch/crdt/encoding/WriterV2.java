package dev.anabranch.crdt.encoding;

/// Update format v2; see [ReaderV2].
public final class WriterV2 implements UpdateWriter {
  private final RunWriter keyClocks = new RunWriter(RunReader.Kind.STEPS);
  private final RunWriter clients = new RunWriter(RunReader.Kind.NUMBERS);
  private final RunWriter leftClocks = new RunWriter(RunReader.Kind.STEPS);
  private final RunWriter rightClocks = new RunWriter(RunReader.Kind.STEPS);
  private final RunWriter infos = new RunWriter(RunReader.Kind.BYTES);
  private final StringBuilder strings = new StringBuilder();
  private final RunWriter stringLengths = new RunWriter(RunReader.Kind.NUMBERS);
  private final RunWriter parentInfos = new RunWriter(RunReader.Kind.BYTES);
  private final RunWriter typeReferences = new RunWriter(RunReader.Kind.NUMBERS);
  private final RunWriter lengths = new RunWriter(RunReader.Kind.NUMBERS);
  private ByteWriter rest = new ByteWriter();
  private int keysWritten;
  private int deleteClock;

  @Override
  public ByteWriter rest() {
    return rest;
  }

  @Override
  public ByteWriter takeRest() {
    ByteWriter taken = rest;
    rest = new ByteWriter();
    return taken;
  }

  @Override
  public void writeClient(long client) {
    clients.write(client);
  }

  @Override
  public void writeLeft(long client, int clock) {
    clients.write(client);
    leftClocks.write(clock);
  }

  @Override
  public void writeRight(long client, int clock) {
    clients.write(client);
    rightClocks.write(clock);
  }

  @Override
  public void writeInfo(int info) {
    infos.write(info);
  }

  @Override
  public void writeString(String text) {
    strings.append(text);
    stringLengths.write(text.length());
  }

  @Override
  public void writeString(char[] characters, int start, int length) {
    strings.append(characters, start, length);
    stringLengths.write(length);
  }

  @Override
  public void writeParentIsRoot(boolean isRoot) {
    parentInfos.write(isRoot ? 1 : 0);
  }

  @Override
  public void writeTypeReference(int reference) {
    typeReferences.write(reference);
  }

  @Override
  public void writeLength(int length) {
    lengths.write(length);
  }

  @Override
  public void writeAny(Any value) {
    AnyBytes.write(rest, value);
  }

  @Override
  public void writeBytes(byte[] bytes) {
    rest.writeBytes(bytes);
  }

  @Override
  public void writeJson(Any value) {
    AnyBytes.write(rest, value);
  }

  /// Writes each key anew, as Yjs 13.6 does, although the format could refer to an earlier one.
  @Override
  public void writeKey(String key) {
    keyClocks.write(keysWritten++);
    writeString(key);
  }

  @Override
  public void resetDeleteClock() {
    deleteClock = 0;
  }

  @Override
  public void writeDeleteClock(int clock) {
    rest.writeVarUint(clock - deleteClock);
    deleteClock = clock;
  }

  @Override
  public void writeDeleteLength(int length) {
    rest.writeVarUint(length - 1);
    deleteClock += length;
  }

  @Override
  public byte[] toBytes() {
    ByteWriter out = new ByteWriter(rest.size() + 64);
    writeColumns(out);
    out.writeRaw(rest);
    return out.toBytes();
  }

  void writeColumns(ByteWriter out) {
    out.writeByte(0);
    out.writePart(keyClocks.finish());
    out.writePart(clients.finish());
    out.writePart(leftClocks.finish());
    out.writePart(rightClocks.finish());
    out.writePart(infos.finish());
    out.writePart(stringColumn());
    out.writePart(parentInfos.finish());
    out.writePart(typeReferences.finish());
    out.writePart(lengths.finish());
  }

  private ByteWriter stringColumn() {
    ByteWriter column = new ByteWriter(strings.length() + 16);
    column.writeString(strings.toString());
    column.writeRaw(stringLengths.finish());
    return column;
  }
}
