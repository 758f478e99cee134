package dev.anabranch.crdt;

/// Changes of a document as bytes, in one of two formats that must not be confused.
///
/// Bytes of v2 read as v1 look like an empty document, so the formats are two types.
public sealed interface Update permits UpdateV1, UpdateV2 {
  byte[] bytes();
}
