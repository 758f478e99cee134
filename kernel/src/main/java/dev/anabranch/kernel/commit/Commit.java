package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteHash;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One call: the writes of one caller, in order.
///
/// What a write says is hashed here, by whoever calls, so that the one writer of the log has less
/// to do.
public final class Commit {

  /// The most writes of one call.
  public static final int WRITES_MAX = 1000;

  private final Caller caller;
  private final List<Write> writes;
  private final boolean atomic;
  private final CommitChain.@Nullable Place place;
  private final List<WriteHash> hashes;

  /// A call.
  ///
  /// @param caller who asks
  /// @param writes 1–1,000; each gets its own outcome
  /// @param atomic whether all must be applied or none
  public Commit(Caller caller, List<Write> writes, boolean atomic) {
    this(caller, writes, atomic, null);
  }

  /// A call that may be one of several.
  ///
  /// @param caller who asks
  /// @param writes 1–1,000; each gets its own outcome
  /// @param atomic whether all must be applied or none
  /// @param place where it stands in its chain; null = it follows no other
  public Commit(
      Caller caller, List<Write> writes, boolean atomic, CommitChain.@Nullable Place place) {
    this.caller = Objects.requireNonNull(caller, "caller");
    this.writes = List.copyOf(writes);
    this.atomic = atomic;
    this.place = place;
    if (writes.isEmpty() || writes.size() > WRITES_MAX) {
      throw new IllegalArgumentException(writes.size() + " writes");
    }
    this.hashes = this.writes.stream().map(WriteHash::of).toList();
  }

  /// A call of one write.
  public static Commit of(Caller caller, Write write) {
    return new Commit(caller, List.of(write), false);
  }

  /// Who asks.
  public Caller caller() {
    return caller;
  }

  /// What is to be written, in order.
  public List<Write> writes() {
    return writes;
  }

  /// Whether all must be applied or none.
  public boolean atomic() {
    return atomic;
  }

  /// The chain that it stands in; null = it follows no other.
  @Nullable CommitChain chain() {
    return place == null ? null : place.chain();
  }

  /// Whether it is to be turned away for the sake of a call before it in its chain.
  public boolean isCutOff() {
    return place != null && place.isCutOff();
  }

  /// It has its answer; when another one is possible next time, all behind it in its chain is
  /// turned away.
  public void answered(List<Outcome> outcomes) {
    if (place != null && CommitChain.isOpen(outcomes)) {
      place.turnAway();
    }
  }

  /// What each write comes to when the call is turned away for a while.
  public List<Outcome> turnedAway(String why) {
    Outcome refused = Outcome.refused(FaultCode.UNAVAILABLE, why);
    return writes.stream().map(ignored -> refused).toList();
  }

  /// What the write at an index says.
  WriteHash hash(int index) {
    return hashes.get(index);
  }
}
