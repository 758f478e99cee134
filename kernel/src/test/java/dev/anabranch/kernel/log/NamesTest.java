package dev.anabranch.kernel.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The shapes of the names that peers choose.
final class NamesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org:1",
        "a:b",
        "chat_x-9:ü/ %#?",
        "org:a:b",
        "user:00ff",
        "org: ",
        "x:\uD83D\uDE00"
      })
  void isAScopeName(String text) {
    assertThat(ScopeName.parse(text)).contains(new ScopeName(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "org",
        "org:",
        ":1",
        "Org:1",
        "1org:1",
        "_o:1",
        "o g:1",
        "org:a\u0000b",
        "org:a\nb",
        "org:\u007f",
        "org:\u0085",
        "org:\uD83D",
        "org:\uDE00x"
      })
  void isNoScopeName(String text) {
    assertThat(ScopeName.parse(text)).isEmpty();
    assertThatThrownBy(() -> new ScopeName(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aScopeNameHasAKindAndAnId() {
    ScopeName scope = new ScopeName("chat:a:b");
    assertThat(scope.kind()).isEqualTo("chat");
    assertThat(scope.id()).isEqualTo("a:b");
  }

  @Test
  void lengthsAreCountedInBytes() {
    assertThat(ScopeName.parse("org:" + "ü".repeat(100))).isPresent();
    assertThat(ScopeName.parse("org:" + "ü".repeat(100) + "x")).isEmpty();
    assertThat(ScopeName.parse("a".repeat(32) + ":1")).isPresent();
    assertThat(ScopeName.parse("a".repeat(33) + ":1")).isEmpty();
    assertThat(EntityId.parse("\uD83D\uDE00".repeat(128))).isPresent();
    assertThat(EntityId.parse("\uD83D\uDE00".repeat(128) + "x")).isEmpty();
    assertThat(WriteKey.parse("x".repeat(200))).isPresent();
    assertThat(WriteKey.parse("x".repeat(201))).isEmpty();
    assertThat(DeviceId.parse("x".repeat(201))).isPresent();
    assertThat(DeviceId.parse("x".repeat(202))).isEmpty();
    assertThat(PrincipalId.parse("€".repeat(66))).isPresent();
    assertThat(PrincipalId.parse("€".repeat(67))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\u0000", "a\tb", "\uD800", "\uDC00", "x\uD83Dx"})
  void controlCharactersAndLoneSurrogatesAreInNoName(String text) {
    assertThat(EntityId.parse(text)).isEmpty();
    assertThat(WriteKey.parse(text)).isEmpty();
    assertThat(DeviceId.parse(text)).isEmpty();
    assertThat(PrincipalId.parse(text)).isEmpty();
    assertThatThrownBy(() -> new EntityId(text)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new WriteKey(text)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new DeviceId(text)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PrincipalId(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Message", "a", "A9_", "training_data", "grant"})
  void isAModelName(String text) {
    assertThat(ModelName.parse(text)).contains(new ModelName(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "__proto__", "9a", "a-b", "a b", "ä", "a\n", "grant "})
  void isNoModelName(String text) {
    assertThat(ModelName.parse(text)).isEmpty();
    assertThatThrownBy(() -> new ModelName(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aModelNameHasAtMost64Characters() {
    assertThat(ModelName.parse("a".repeat(64))).isPresent();
    assertThat(ModelName.parse("a".repeat(65))).isEmpty();
  }

  @Test
  void aWriterMayNotClaimAnAssignedDevice() {
    DeviceId assigned = DeviceId.assignedTo(new PrincipalId("ann"));
    assertThat(assigned.isAssigned()).isTrue();
    assertThatThrownBy(() -> CausalClaim.of(assigned)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void everyPrincipalHasAnAssignedDevice() {
    assertThat(DeviceId.assignedTo(new PrincipalId("x".repeat(PrincipalId.BYTES_MAX))).text())
        .hasSize(DeviceId.BYTES_MAX);
  }

  @Test
  void actionsAndCodesHaveLowerCaseWords() {
    assertThat(Action.ofWord("merge")).contains(Action.MERGE);
    assertThat(Action.ofWord("MERGE")).isEqualTo(Optional.empty());
    for (Action action : Action.values()) {
      assertThat(Action.ofWord(action.word())).contains(action);
    }
    assertThat(FaultCode.KEY_REUSED.word()).isEqualTo("key_reused");
  }
}
