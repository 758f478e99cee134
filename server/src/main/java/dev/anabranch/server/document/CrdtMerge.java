package dev.anabranch.server.document;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.rule.DocumentMerge;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Documents as Yjs makes them, in update format v1.
public final class CrdtMerge implements DocumentMerge {

  private final RandomGenerator random;

  /// @param random names the throw-away copies, which make no changes
  public CrdtMerge(RandomGenerator random) {
    this.random = Objects.requireNonNull(random);
  }

  @Override
  public Optional<Fault> check(Bytes update) {
    try {
      Updates.inspect(new UpdateV1(update.toArray()));
      return Optional.empty();
    } catch (MalformedUpdate malformed) {
      return Optional.of(
          new Fault(
              FaultCode.INVALID, "the body is not a Yjs update (v1): " + malformed.getMessage()));
    }
  }

  @Override
  public Bytes merge(@Nullable Bytes state, Bytes update) {
    return mergeAll(state, List.of(update));
  }

  @Override
  public Bytes mergeAll(@Nullable Bytes state, List<Bytes> updates) {
    List<UpdateV1> parts = new ArrayList<>(updates.size() + 1);
    if (state != null) {
      parts.add(new UpdateV1(state.toArray()));
    }
    updates.forEach(update -> parts.add(new UpdateV1(update.toArray())));
    return Bytes.of(Updates.mergeV1(parts).bytes());
  }

  /// Once through a document, which forgets the content of what is deleted and joins what belongs
  /// together.
  @Override
  public Bytes settle(Bytes state) {
    return Bytes.of(load(state).encodeV1().bytes());
  }

  @Override
  public boolean isSame(Bytes one, Bytes other) {
    return one.equals(other) || isSame(load(one), load(other));
  }

  /// Equal snapshots, and nothing waits in the one that does not wait in the other.
  private static boolean isSame(Document one, Document other) {
    return one.snapshot().equals(other.snapshot())
        && Updates.coverTheSame(one.encodeV1(), other.encodeV1());
  }

  private Document load(Bytes state) {
    Document document = Document.create(DocumentOptions.forServing(random));
    document.apply(new UpdateV1(state.toArray()), null);
    return document;
  }
}
