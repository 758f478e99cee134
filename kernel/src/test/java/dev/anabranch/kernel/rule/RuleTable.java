package dev.anabranch.kernel.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/// A rule's table (current state × incoming write → verdict), one test for each cell.
///
/// The first line names the writes, each later line a state and the verdicts. A write is an action,
/// perhaps `=` and the version it expects, perhaps `bare` for no data and no body. A verdict is
/// `unchanged`, `conflict`, the change's action, or `!` and a fault's word.
final class RuleTable {

  static final EntityKey ENTITY =
      new EntityKey(new ScopeName("org:1"), new ModelName("thing"), new EntityId("x"));
  static final long HLC = 1000;

  private RuleTable() {}

  static Stream<DynamicTest> of(MergeRule rule, JsonObject data, String table) {
    List<List<String>> lines = table.lines().map(RuleTable::cells).toList();
    List<DynamicTest> tests = new ArrayList<>();
    for (List<String> line : lines.subList(1, lines.size())) {
      for (int column = 1; column < line.size(); column++) {
        String state = line.getFirst();
        String write = lines.getFirst().get(column);
        String verdict = line.get(column);
        tests.add(
            dynamicTest(
                write + " on " + state + " is " + verdict,
                () -> assertThat(judged(rule, state, write(write, data))).isEqualTo(verdict)));
      }
    }
    return tests.stream();
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.split("\\|")).map(String::strip).toList();
  }

  private static String judged(MergeRule rule, String state, Write write) {
    Stamp stamp = new Stamp(new Cause(new DeviceId("~me"), 9, 9), HLC);
    return word(rule.judge(state(rule, state), write, stamp));
  }

  static String word(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Accept accept -> accept.action().word();
      case Verdict.Unchanged() -> "unchanged";
      case Verdict.Conflict() -> "conflict";
      case Verdict.Refuse(var fault) -> "!" + fault.code().word();
    };
  }

  private static Write write(String cell, JsonObject data) {
    boolean bare = cell.endsWith(" bare");
    String[] parts = cell.replace(" bare", "").split("=");
    Action action = Action.ofWord(parts[0]).orElseThrow();
    boolean withData = !bare && (action == Action.INSERT || action == Action.UPDATE);
    Bytes body = !bare && action == Action.MERGE ? Bytes.of(new byte[] {1}) : null;
    Long expected = parts.length == 1 ? null : Long.valueOf(parts[1]);
    return new Write(
        new WriteKey("key"), ENTITY, action, withData ? data : null, body, expected, null, 0, null);
  }

  /// The state by its name: absent, living at version 1, or deleted at version 2.
  private static @Nullable Entity state(MergeRule rule, String name) {
    boolean document = rule instanceof DocumentRule;
    Entity living =
        rule.fold(null, change(1, document ? Action.MERGE : Action.INSERT, 1, HLC - 10));
    return switch (name) {
      case "absent" -> null;
      case "living" -> living;
      case "deleted" -> rule.fold(living, change(2, Action.DELETE, 2, HLC - 9));
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Change change(long seq, Action action, long version, long hlc) {
    return change(
        seq,
        action,
        version,
        hlc,
        JsonObject.EMPTY.with("read", 5),
        new Cause(new DeviceId("~me"), seq, seq - 1));
  }

  static Change change(
      long seq, Action action, long version, long hlc, @Nullable JsonObject data, Cause cause) {
    boolean merge = action == Action.MERGE;
    return new Change(
        seq * 10,
        seq,
        ENTITY,
        action,
        version,
        merge || action == Action.DELETE ? null : data,
        merge ? Bytes.of(new byte[] {7}) : null,
        new WriteKey("key" + seq),
        new PrincipalId("me"),
        cause,
        hlc,
        version == 1 ? 0 : seq - 1,
        null,
        "test",
        1_000_000 + seq,
        false);
  }
}
