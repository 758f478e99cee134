package dev.anabranch.nostr.reconcile;

import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.nostr.text.Parsed;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The client's side: asks until both sides' differences are known.
///
/// ```
/// send(opening()) → receive(answer) → send(next) → receive(answer) … → next is empty
/// ```
public final class Reconciliation extends Conversation {

  private Set<EventId> have = new LinkedHashSet<>();
  private Set<EventId> need = new LinkedHashSet<>();

  /// A reconciliation of these records.
  ///
  /// @param bytesMax of each of our messages, at least 4,096; 0: no limit
  public Reconciliation(RecordSet records, int bytesMax) {
    super(records, bytesMax);
  }

  /// What one answer taught us.
  ///
  /// @param have ids that we have and the relay lacks
  /// @param need ids that the relay has and we lack
  /// @param next our next message; empty when all is known
  public record Step(List<EventId> have, List<EventId> need, byte[] next) {

    public Step {
      have = List.copyOf(have);
      need = List.copyOf(need);
    }

    /// Whether all is known.
    public boolean isLast() {
      return next.length == 0;
    }
  }

  /// The first message.
  @Override
  public byte[] opening() {
    return super.opening();
  }

  /// What a relay's answer teaches.
  public Parsed<Step> receive(byte[] answer) {
    return Parsed.of(() -> {
      Input in = new Input(answer);
      int version = in.nextByte();
      if (version != VERSION) {
        throw new MalformedText(
            isVersion(version)
                ? "the relay speaks protocol " + (version & 0xf) + ", we speak 1"
                : "not a message of negentropy");
      }
      have = new LinkedHashSet<>();
      need = new LinkedHashSet<>();
      byte[] next = answer(in);
      return new Step(List.copyOf(have), List.copyOf(need), next.length == 1 ? new byte[0] : next);
    });
  }

  @Override
  int list(Set<EventId> theirs, int lower, int upper, Bound upTo) {
    Set<EventId> unknown = new LinkedHashSet<>(theirs);
    for (int index = lower; index < upper; index++) {
      EventId ours = records().eventId(index);
      if (!unknown.remove(ours)) {
        have.add(ours);
      }
    }
    need.addAll(unknown);
    skip(upTo);
    return upper;
  }
}
