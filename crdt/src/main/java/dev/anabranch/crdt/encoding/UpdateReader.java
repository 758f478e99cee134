package dev.anabranch.crdt.encoding;

/// The fields of an update, whatever format they stand in.
public interface UpdateReader {
  /// The part of the bytes that both formats write plainly: counts, first clocks, delete sets.
  ByteReader rest();

  long readClient();

  int readLeftClock();

  int readRightClock();

  int readInfo();

  String readString();

  /// Whether a root type's name follows; else the id of the item that holds the parent.
  boolean readParentIsRoot();

  int readTypeReference();

  int readLength();

  Any readAny();

  byte[] readBytes();

  Any readJson();

  String readKey();

  /// The fields again, to be passed over: malformed ones are refused and nothing is made of them.
  ///
  /// @return how many UTF-16 units the string has
  int skipString();

  void skipAny();

  void skipBytes();

  void skipJson();

  /// JSON in a string, or the word `undefined`: how old versions wrote values.
  void skipOldJson();

  void skipKey();

  /// Called before each client's part of a delete set.
  void resetDeleteClock();

  int readDeleteClock();

  int readDeleteLength();

  /// How many blocks this many bytes may unfold to.
  int blocksMax();

  void expectEnd();
}
