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

  static UpdateReader reader(Update update) {
    return switch (update) {
      case UpdateV1 v1 -> new ReaderV1(v1.bytes());
      case UpdateV2 v2 -> new ReaderV2(v2.bytes());
    };
  }

  UpdateReader reader(byte[] bytes) {
    return this == V1 ? new ReaderV1(bytes) : new ReaderV2(bytes);
  }

  UpdateWriter writer() {
    return this == V1 ? new WriterV1() : new WriterV2();
  }
}
