package dev.anabranch.crdt.encoding;

/// Update format v1: every field where it belongs, one after the other.
public final class ReaderV1 implements UpdateReader {
  private final ByteReader in;
  private final int blocksMax;

  public ReaderV1(byte[] update) {
    in = new ByteReader(update);
    blocksMax = update.length;
  }

  @Override
  public ByteReader rest() {
    return in;
  }

  @Override
  public long readClient() {
    return in.readVarUint();
  }

  @Override
  public int readLeftClock() {
    return in.readClock();
  }

  @Override
  public int readRightClock() {
    return in.readClock();
  }

  @Override
  public int readInfo() {
    return in.readByte();
  }

  @Override
  public String readString() {
    return in.readString();
  }

  @Override
  public boolean readParentIsRoot() {
    return in.readVarUint() == 1;
  }

  @Override
  public int readTypeReference() {
    return in.readClock();
  }

  @Override
  public int readLength() {
    return in.readClock();
  }

  @Override
  public Any readAny() {
    return AnyBytes.read(in);
  }

  @Override
  public byte[] readBytes() {
    return in.readBytes();
  }

  @Override
  public Any readJson() {
    return JavaScriptJson.parse(in.readString());
  }

  @Override
  public String readKey() {
    return in.readString();
  }

  @Override
  public int skipString() {
    return in.skipString();
  }

  @Override
  public void skipAny() {
    AnyBytes.skip(in);
  }

  @Override
  public void skipBytes() {
    in.skipBytes();
  }

  @Override
  public void skipJson() {
    in.skipJson();
  }

  @Override
  public void skipOldJson() {
    in.skipOldJson();
  }

  @Override
  public void skipKey() {
    in.skipString();
  }

  @Override
  public void resetDeleteClock() {
    // Clocks are absolute in v1.
  }

  @Override
  public int readDeleteClock() {
    return in.readClock();
  }

  @Override
  public int readDeleteLength() {
    return in.readClock();
  }

  @Override
  public int blocksMax() {
    return blocksMax;
  }

  @Override
  public void expectEnd() {
    in.expectEnd();
  }
}
