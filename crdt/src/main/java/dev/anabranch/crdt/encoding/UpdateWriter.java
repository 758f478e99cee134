package dev.anabranch.crdt.encoding;

/// The fields of an update, whatever format they are to stand in; see [UpdateReader].
public interface UpdateWriter {
  ByteWriter rest();

  /// Takes what is in [#rest] out and begins it anew.
  ByteWriter takeRest();

  void writeClient(long client);

  void writeLeft(long client, int clock);

  void writeRight(long client, int clock);

  void writeInfo(int info);

  void writeString(String text);

  void writeString(char[] characters, int start, int length);

  void writeParentIsRoot(boolean isRoot);

  void writeTypeReference(int reference);

  void writeLength(int length);

  void writeAny(Any value);

  void writeBytes(byte[] bytes);

  void writeJson(Any value);

  void writeKey(String key);

  void resetDeleteClock();

  void writeDeleteClock(int clock);

  void writeDeleteLength(int length);

  byte[] toBytes();
}
