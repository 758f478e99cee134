package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.log.Fault;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/// What administrators changed of the settings, and the terms that come of it; pure.
///
/// A change was right when it was made; the configuration may say something else by now that it
/// does not fit. It is left out then, and told, and counts again when it fits again.
///
/// @param counting the values that count, by their settings' names
/// @param leftOut why the others do not
/// @param terms what holds
record PolicyChanges(Map<String, Json> counting, Map<String, String> leftOut, RelayTerms terms) {

  PolicyChanges {
    counting = Map.copyOf(counting);
    leftOut = Map.copyOf(leftOut);
  }

  /// Lays changes over a configuration, as many of them as fit.
  static PolicyChanges of(PolicySettings settings, Map<String, Json> changes) {
    if (settings.with(changes) instanceof Answer.Given<RelayTerms>(RelayTerms terms)) {
      return new PolicyChanges(changes, Map.of(), terms);
    }
    if (!(settings.with(Map.of()) instanceof Answer.Given<RelayTerms>(RelayTerms terms))) {
      throw new IllegalStateException("the configuration itself cannot be read any more");
    }
    Map<String, Json> counting = new TreeMap<>();
    Map<String, String> leftOut = new TreeMap<>();
    Map<String, Json> rest = new TreeMap<>(changes);
    boolean found = true;
    while (found) { // one may fit only beside another
      found = false;
      leftOut.clear();
      for (Iterator<Map.Entry<String, Json>> each = rest.entrySet().iterator(); each.hasNext(); ) {
        Map.Entry<String, Json> change = each.next();
        counting.put(change.getKey(), change.getValue());
        switch (settings.with(counting)) {
          case Answer.Given<RelayTerms>(RelayTerms more) -> {
            terms = more;
            found = true;
            each.remove();
          }
          case Answer.Refused<RelayTerms>(Fault fault) -> {
            counting.remove(change.getKey());
            leftOut.put(change.getKey(), fault.detail());
          }
        }
      }
    }
    return new PolicyChanges(counting, leftOut, terms);
  }

  /// The changes that count, with one more or another one.
  Map<String, Json> with(String name, Json value) {
    Map<String, Json> more = new TreeMap<>(counting);
    more.put(name, value);
    return more;
  }

  /// The changes that count, but for one.
  Map<String, Json> without(String name) {
    Map<String, Json> less = new TreeMap<>(counting);
    less.remove(name);
    return less;
  }
}
