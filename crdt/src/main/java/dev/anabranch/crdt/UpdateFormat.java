package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.ReaderV1;
import dev.anabranch.crdt.encoding.ReaderV2;
import dev.anabranch.crdt.encoding.UpdateReader;
import dev.anabranch.crdt.encoding.UpdateWriter;
import dev.anabranch.crdt.encoding.WriterV1;
import dev.anabranch.crdt.encoding.WriterV2;

/// The two formats, for what is alike in both.
enum UpdateFormat {
  V1,
  V2;

  /// Reads an update that may come from anywhere.
  ///
  /// @throws dev.anabranch.crdt.encoding.MalformedUpdate at once, for most of what is none
  static UpdateReader reader(Update update) {
    if (update instanceof UpdateV2 || update.bytes().length >= UpdateCheck.BYTES_MIN) {
      UpdateCheck.run(open(update));
    }
    return open(update);
  }

  UpdateReader reader(byte[] bytes) {
    return reader(this == V1 ? new UpdateV1(bytes) : new UpdateV2(bytes));
  }

  static UpdateReader open(Update update) {
    return switch (update) {
      case UpdateV1 v1 -> new ReaderV1(v1.bytes());
      case UpdateV2 v2 -> new ReaderV2(v2.bytes());
    };
  }

  /// Reads what this library wrote and keeps: runs of it may be of any length.
  UpdateReader ownReader(byte[] bytes) {
    return this == V1 ? new ReaderV1(bytes) : ReaderV2.ofOwn(bytes);
  }

  UpdateWriter writer() {
    return this == V1 ? new WriterV1() : new WriterV2();
  }
}
