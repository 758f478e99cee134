package dev.anabranch.engine;

import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.ScopeHead;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Heads of scopes kept at hand, so that an unchanged scope costs no query; bounded (K11).
///
/// The writer tells every new head after its commit. A head read from the store is kept only when
/// nothing was forgotten meanwhile: otherwise it could be older than one that was told and
/// forgotten.
final class Heads {

  private final ConcurrentMap<ScopeName, ScopeHead> heads = new ConcurrentHashMap<>();
  private final AtomicLong forgettings = new AtomicLong();
  private final int countMax;

  Heads(int countMax) {
    this.countMax = countMax;
  }

  int size() {
    return heads.size();
  }

  @Nullable ScopeHead get(ScopeName scope) {
    return heads.get(scope);
  }

  ScopeHead getOrRead(ScopeName scope, Supplier<ScopeHead> read) {
    ScopeHead known = heads.get(scope);
    if (known != null) {
      return known;
    }
    long before = forgettings.get();
    ScopeHead head = read.get();
    if (forgettings.get() != before || heads.size() >= countMax) {
      return head;
    }
    ScopeHead kept = heads.merge(scope, head, Heads::later);
    if (forgettings.get() != before) {
      heads.remove(scope, kept);
    }
    return kept;
  }

  /// A commit moved a head.
  void told(ScopeHead head) {
    if (heads.size() >= countMax && !heads.containsKey(head.scope())) {
      forget();
    }
    heads.merge(head.scope(), head, Heads::later);
  }

  /// Forgets everything, as after the store was opened again or a floor was raised.
  void forget() {
    forgettings.incrementAndGet();
    heads.clear();
  }

  private static ScopeHead later(ScopeHead one, ScopeHead other) {
    return other.seq() > one.seq()
            || (other.seq() == one.seq() && other.floorSeq() > one.floorSeq())
        ? other
        : one;
  }
}
