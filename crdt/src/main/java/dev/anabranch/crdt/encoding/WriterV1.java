package dev.anabranch.crdt.encoding;

/// Update format v1; see [ReaderV1].
public final class WriterV1 implements UpdateWriter {
  private ByteWriter out = new ByteWriter();

  @Override
  public ByteWriter rest() {
    return out;
  }

  @Override
  public ByteWriter takeRest() {
    ByteWriter taken = out;
    out = new ByteWriter();
    return taken;
  }

  @Override
  public void writeClient(long client) {
    out.writeVarUint(client);
  }

  @Override
  public void writeLeft(long client, int clock) {
    out.writeVarUint(client);
    out.writeVarUint(clock);
  }

  @Override
  public void writeRight(long client, int clock) {
    writeLeft(client, clock);
  }

  @Override
  public void writeInfo(int info) {
    out.writeByte(info);
  }

  @Override
  public void writeString(String text) {
    out.writeString(text);
  }

  @Override
  public void writeString(char[] characters, int start, int length) {
    out.writeString(characters, start, length);
  }

  @Override
  public void writeParentIsRoot(boolean isRoot) {
    out.writeVarUint(isRoot ? 1 : 0);
  }

  @Override
  public void writeTypeReference(int reference) {
    out.writeVarUint(reference);
  }

  @Override
  public void writeLength(int length) {
    out.writeVarUint(length);
  }

  @Override
  public void writeAny(Any value) {
    AnyBytes.write(out, value);
  }

  @Override
  public void writeBytes(byte[] bytes) {
    out.writeBytes(bytes);
  }

  @Override
  public void writeJson(Any value) {
    out.writeString(JavaScriptJson.stringify(value));
  }

  @Override
  public void writeKey(String key) {
    out.writeString(key);
  }

  @Override
  public void resetDeleteClock() {
    // Clocks are absolute in v1.
  }

  @Override
  public void writeDeleteClock(int clock) {
    out.writeVarUint(clock);
  }

  @Override
  public void writeDeleteLength(int length) {
    out.writeVarUint(length);
  }

  @Override
  public byte[] toBytes() {
    return out.toBytes();
  }
}
