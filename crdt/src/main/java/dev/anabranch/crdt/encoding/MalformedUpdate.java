package dev.anabranch.crdt.encoding;

/// The bytes are not what they claim to be: the peer erred, nothing of them took effect.
///
/// The only exception that decoding throws. It carries no stack trace: whoever catches it answers
/// the peer, and the sentence says where the bytes went wrong.
public final class MalformedUpdate extends RuntimeException {
  public MalformedUpdate(String sentence) {
    super(sentence, null, false, false);
  }
}
