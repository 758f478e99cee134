package dev.anabranch.protocol.document.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.presence.Present;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The words of one client reach the kernel in their order, however long it takes over each.
class AwarenessVoiceTest {
  private final List<@Nullable JsonObject> said = new ArrayList<>();
  private final List<CompletableFuture<Answer<Boolean>>> answers = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private final AwarenessVoice voice =
      new AwarenessVoice(
          word -> {
            said.add(word.value());
            answers.add(new CompletableFuture<>());
            return answers.getLast();
          },
          (answer, failure) -> {
            if (failure != null) {
              failures.add(failure);
            }
          });

  private void say(@Nullable Integer clock) {
    voice.say(
        new Present(
            new Present.Place(new ScopeName("org:1"), "notes", "yjs-7", 1),
            new PrincipalId("ann"),
            clock == null ? null : word(clock),
            1_000));
  }

  private static JsonObject word(int clock) {
    return JsonObject.EMPTY.with("clock", clock);
  }

  private void answered() {
    answers.getLast().complete(new Answer.Given<>(true));
  }

  @Test
  void aWordWaitsUntilTheOneBeforeIsSaid() {
    say(1);
    say(2);
    assertThat(said).containsExactly(word(1));
    answered();

    assertThat(said).containsExactly(word(1), word(2));
  }

  @Test
  void isQuietOnceTheLastWordIsAnswered() {
    say(1);
    say(null);
    assertThat(voice.isQuiet()).isFalse();
    answered();
    assertThat(voice.isQuiet()).isFalse();
    answered();

    assertThat(voice.isQuiet()).isTrue();
  }

  @Test
  void onlyTheLastOfThoseThatWaitIsSaid() {
    say(1);
    say(2);
    say(3);
    say(null);
    answered();
    answered();

    assertThat(said).containsExactly(word(1), null);
  }

  @Test
  void aWordThatIsLostDoesNotHoldUpTheNext() {
    say(1);
    say(2);
    answers.getLast().completeExceptionally(new IllegalStateException("away"));

    assertThat(said).containsExactly(word(1), word(2));
    assertThat(failures).hasSize(1);
  }
}
