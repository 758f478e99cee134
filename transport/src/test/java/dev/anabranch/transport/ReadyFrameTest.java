package dev.anabranch.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.link.Frame;
import dev.anabranch.link.SharedFrame;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class ReadyFrameTest {
  private static final NettyLoops LOOPS = NettyLoops.start(1, 1_000);

  @AfterAll
  static void stop() {
    LOOPS.close();
  }

  private static ByteBuf share(SharedFrame frame, boolean deflate) {
    NettyLoop loop = LOOPS.all().getFirst();
    return Objects.requireNonNull(
        CompletableFuture.supplyAsync(() -> ReadyFrame.share(frame, deflate, loop), loop).join());
  }

  @Test
  void givesEverySocketTheSameMemory() {
    try (SharedFrame frame = Frame.shared(Frame.text("a".repeat(1_000)))) {
      ByteBuf one = share(frame, false);
      ByteBuf two = share(frame, false);
      ByteBuf deflated = share(frame, true);

      assertThat(one.memoryAddress()).isEqualTo(two.memoryAddress());
      assertThat(one.readableBytes()).isEqualTo(1_004);
      assertThat(deflated.readableBytes()).isLessThan(50);
      assertThat(deflated.memoryAddress()).isNotEqualTo(one.memoryAddress());
      one.release();
      two.release();
      deflated.release();
    }
  }

  @Test
  void keepsWhatIsQueuedGoodAfterClosing() {
    SharedFrame frame = Frame.shared(Frame.text("queued"));
    ByteBuf queued = share(frame, false);
    ByteBuf memory = queued.unwrap();

    frame.close();

    assertThat(queued.toString(UTF_8)).endsWith("queued");
    assertThat(memory.refCnt()).isEqualTo(1);
    queued.release();
    assertThat(memory.refCnt()).isZero();
    assertThat(ReadyFrame.share(frame, false, LOOPS.all().getFirst())).isNull();
  }
}
