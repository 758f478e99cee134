package dev.anabranch.kernel.rule;

import dev.anabranch.kernel.json.JsonObject;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// What each rule says of each write to an entity in each state.
final class RuleTableTest {

  private static final JsonObject DATA = JsonObject.EMPTY.with("read", 7);

  @TestFactory
  Stream<DynamicTest> append() {
    return RuleTable.of(
        new AppendRule(),
        DATA,
        """
                | insert       | insert=0 | insert=1 | insert bare | update       | update=1     | delete       | merge
        absent  | insert       | insert   | conflict | !invalid    | !append_only | !append_only | !append_only | !append_only
        living  | !append_only | conflict | conflict | !append_only | !append_only | !append_only | !append_only | !append_only
        """);
  }

  @TestFactory
  Stream<DynamicTest> versioned() {
    return RuleTable.of(
        new VersionedRule(),
        DATA,
        """
                | insert | insert=0 | insert=1 | insert=9 | insert bare | update  | update=0 | update=1 | update=9 | update bare | delete  | delete=0 | delete=1 | delete=9 | merge
        absent  | insert | insert   | conflict | conflict | !invalid    | !absent | !absent  | conflict | conflict | !absent     | !absent | !absent  | conflict | conflict | !unsuitable
        living  | update | conflict | update   | conflict | !invalid    | update  | conflict | update   | conflict | !invalid    | delete  | conflict | delete   | conflict | !unsuitable
        deleted | insert | insert   | conflict | conflict | !invalid    | !absent | !absent  | conflict | conflict | !absent     | !absent | !absent  | conflict | conflict | !unsuitable
        """);
  }

  @TestFactory
  Stream<DynamicTest> newest() {
    return RuleTable.of(
        new NewestRule(),
        DATA,
        """
                | insert | insert=0 | insert=1 | insert=9 | insert bare | update | update=1 | update=9 | delete  | delete=1 | delete=9 | merge
        absent  | insert | insert   | conflict | conflict | !invalid    | insert | conflict | conflict | !absent | conflict | conflict | !unsuitable
        living  | insert | conflict | insert   | conflict | !invalid    | insert | insert   | conflict | delete  | delete   | conflict | !unsuitable
        deleted | insert | insert   | conflict | conflict | !invalid    | insert | conflict | conflict | !absent | conflict | conflict | !unsuitable
        """);
  }

  @TestFactory
  Stream<DynamicTest> causal() {
    return RuleTable.of(
        new CausalRule(CausalStrategy.VECTOR_CLOCK),
        DATA,
        """
                | insert | insert=0 | insert=1 | insert=9 | insert bare | update  | update=1 | update=9 | delete  | delete=1 | delete=9 | merge
        absent  | insert | insert   | conflict | conflict | !invalid    | !absent | conflict | conflict | !absent | conflict | conflict | !unsuitable
        living  | update | conflict | update   | conflict | !invalid    | update  | update   | conflict | delete  | delete   | conflict | !unsuitable
        deleted | insert | insert   | conflict | conflict | !invalid    | !absent | conflict | conflict | !absent | conflict | conflict | !unsuitable
        """);
  }

  @TestFactory
  Stream<DynamicTest> document() {
    return RuleTable.of(
        new DocumentRule(new SetUnion()),
        DATA,
        """
                | insert      | update      | delete  | delete=1 | delete=9 | merge | merge=0  | merge=1  | merge=9  | merge bare
        absent  | !unsuitable | !unsuitable | !absent | conflict | conflict | merge | merge    | conflict | conflict | !invalid
        living  | !unsuitable | !unsuitable | delete  | delete   | conflict | merge | conflict | merge    | conflict | !invalid
        deleted | !unsuitable | !unsuitable | !absent | conflict | conflict | merge | merge    | conflict | conflict | !invalid
        """);
  }

  @TestFactory
  Stream<DynamicTest> greatestByMore() {
    return RuleTable.of(
        new GreatestRule(),
        DATA,
        """
                | insert | insert=0 | insert=9 | insert bare | update | update=9 | delete      | merge
        absent  | insert | insert   | insert   | !unsuitable | insert | insert   | !unsuitable | !unsuitable
        living  | update | update   | update   | !unsuitable | update | update   | !unsuitable | !unsuitable
        """);
  }

  @TestFactory
  Stream<DynamicTest> greatestByLessOrTheSame() {
    String table =
        """
                | insert    | insert=9  | update    | update=9
        living  | unchanged | unchanged | unchanged | unchanged
        """;
    return Stream.of(4, 5)
        .flatMap(
            less -> RuleTable.of(new GreatestRule(), JsonObject.EMPTY.with("read", less), table));
  }

  @TestFactory
  Stream<DynamicTest> greatestByWhatIsNoWholeNumber() {
    return RuleTable.of(
        new GreatestRule(),
        JsonObject.EMPTY.with("read", "later"),
        """
                | insert   | update
        absent  | !invalid | !invalid
        living  | !invalid | !invalid
        """);
  }
}
