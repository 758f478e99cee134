package dev.anabranch.protocol.document.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.presence.Present;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One client's words on their way to the kernel, one at a time: none overtakes an earlier one, and
/// of those that wait meanwhile only the last is said. Goes on when the link is gone, so that the
/// word that a client has left is the last. Safe to use from many threads.
final class AwarenessVoice {
  private final Function<Present, CompletionStage<Answer<Boolean>>> kernel;
  private final BiConsumer<@Nullable Answer<Boolean>, @Nullable Throwable> told;
  private final AtomicReference<@Nullable Present> next = new AtomicReference<>();
  private final AtomicBoolean speaking = new AtomicBoolean();

  /// @param kernel takes a word
  /// @param told hears what came of each: an answer or a failure
  AwarenessVoice(
      Function<Present, CompletionStage<Answer<Boolean>>> kernel,
      BiConsumer<@Nullable Answer<Boolean>, @Nullable Throwable> told) {
    this.kernel = kernel;
    this.told = told;
  }

  void say(Present word) {
    next.set(word);
    speak();
  }

  /// Whether everything was said and answered.
  boolean isQuiet() {
    return next.get() == null && !speaking.get();
  }

  private void speak() {
    while (next.get() != null && speaking.compareAndSet(false, true)) {
      Present word = next.getAndSet(null);
      if (word == null) {
        speaking.set(false);
        continue;
      }
      kernel
          .apply(word)
          .handle((answer, failure) -> {
            speaking.set(false);
            told.accept(answer, failure);
            speak();
            return null;
          });
    }
  }
}
