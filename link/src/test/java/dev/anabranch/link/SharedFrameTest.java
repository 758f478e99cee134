package dev.anabranch.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class SharedFrameTest {
  private final AtomicInteger released = new AtomicInteger();

  private final class Ready implements AutoCloseable {
    @Override
    public void close() {
      released.incrementAndGet();
    }
  }

  @Test
  void isMadeReadyOnce() {
    SharedFrame frame = Frame.shared(Frame.text("a"));

    Ready first = frame.ready(Ready.class, Ready::new);

    assertThat(frame.ready(Ready.class, Ready::new)).isSameAs(first);
    assertThat(released).hasValue(0);
  }

  @Test
  void releasesWhatWasMadeReadyOnce() {
    SharedFrame frame = Frame.shared(Frame.text("a"));
    frame.ready(Ready.class, Ready::new);

    frame.close();
    frame.close();

    assertThat(released).hasValue(1);
    assertThat(frame.ready(Ready.class, Ready::new)).isNull();
  }

  @Test
  void keepsItsMessagesAfterClosing() {
    SharedFrame frame = Frame.shared(List.of(Frame.text("a"), Frame.binary(new byte[] {1})));

    frame.close();

    assertThat(frame.messages()).hasSize(2);
  }

  @Test
  void releasesTheLoserWhenTwoLoopsMakeItReadyAtOnce() {
    SharedFrame frame = Frame.shared(Frame.text("a"));

    Ready kept =
        frame.ready(
            Ready.class,
            () -> {
              frame.ready(Ready.class, Ready::new);
              return new Ready();
            });

    assertThat(frame.ready(Ready.class, Ready::new)).isSameAs(kept);
    assertThat(released).hasValue(1);
  }

  @Test
  void doesNotHandOutTheFormOfAnotherTransport() {
    SharedFrame frame = Frame.shared(Frame.text("a"));
    frame.ready(Ready.class, Ready::new);

    assertThat(frame.ready(AnotherReady.class, AnotherReady::new)).isNull();
  }

  private static final class AnotherReady implements AutoCloseable {
    @Override
    public void close() {}
  }

  @Test
  void needsAMessage() {
    assertThatIllegalArgumentException().isThrownBy(() -> Frame.shared(List.of()));
  }
}
