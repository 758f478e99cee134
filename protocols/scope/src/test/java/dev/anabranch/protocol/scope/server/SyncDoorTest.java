package dev.anabranch.protocol.scope.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.link.Admission;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.Headers;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.Target;
import dev.anabranch.link.door.Gateway;
import dev.anabranch.link.door.SyncDoor;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ErrorAnswer;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Pong;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The first frame of a link decides which gateway serves it.
class SyncDoorTest {
  private final World world = World.open();
  private final SyncDoor door =
      new SyncDoor(
          List.of(world.gateway, new Echo()),
          world.gateway::refuses,
          ScopeGateway.unknownProtocol(),
          Duration.ofSeconds(10));

  /// A protocol whose first frame is an array.
  private static final class Echo implements Gateway {
    @Override
    public boolean opensWith(String firstFrame) {
      return firstFrame.startsWith("[");
    }

    @Override
    public LinkHandler open(Link link, Handshake handshake) {
      return new LinkHandler() {
        @Override
        public void text(String message) {
          link.outbox().send(Frame.text(message));
        }

        @Override
        public void binary(byte[] message) {
          link.outbox().send(Frame.text("binary"));
        }

        @Override
        public void closed(int code, String reason) {}
      };
    }
  }

  @Test
  void givesALinkToTheGatewayThatKnowsItsFirstFrame() {
    TestLink scope = enter();
    TestLink echo = enter();

    assertThat(scope.say("{\"type\":\"ping\",\"nonce\":\"1\"}").heard())
        .containsExactly(new Pong("1", null));
    assertThat(echo.say("[1]").takeFrames()).containsExactly("[1]");
  }

  @Test
  void asksOnlyOnce() {
    TestLink echo = enter();

    echo.say("[1]").say("{\"type\":\"ping\"}").sayBytes(new byte[1]);

    assertThat(echo.takeFrames()).containsExactly("[1]", "{\"type\":\"ping\"}", "binary");
  }

  @Test
  void answersAFirstFrameThatNobodyKnowsAndCloses() {
    for (String frame :
        List.of(
            "hello",
            "{\"type\":\"connect\"}",
            "{\"type\":\"unsubscribe\"}",
            "{\"type\":\"connect\",\"a\":1,\"a\":2}",
            "{\"a\":1,\"a\":2}",
            "say {\"type\":\"ping\"}")) {
      TestLink link = enter();

      assertThat(ScopeSessionTest.errors(link.say(frame))).containsExactly("unknown_protocol");
      assertThat(link.closeCode()).isEqualTo(1002);
    }
    assertThat(enter().sayBytes(new byte[1]).closeCode()).isEqualTo(1002);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"ping\",\"nonce\":\"a\",\"nonce\":\"b\"}",
        "{\"nonce\":\"\\u0000\",\"type\" : \"push\"}",
        "{\"type\":\"push\",\"writes\":[{\"data\":{\"text\":\"\\ud800\"}}]}",
        " {\"type\":\"subscribe\" \"scope\":\"org:1\"}",
        "{\"type\":\"auth\",\"token\":\"cut off",
      })
  void aFirstFrameOfScopeSyncThatIsMalformedIsAnsweredAsAnyLaterOne(String frame) {
    TestLink first = enter().say(frame);
    TestLink second = enter().say("{\"type\":\"ping\",\"nonce\":\"1\"}");
    second.heard();

    List<ScopeMessage.ToClient> answer = first.heard();
    assertThat(answer).isEqualTo(second.say(frame).heard());
    assertThat(answer)
        .singleElement()
        .isInstanceOfSatisfying(
            ErrorAnswer.class,
            error -> {
              assertThat(error.code()).isEqualTo("malformed");
              assertThat(error.detail()).contains("(line 1, column ");
            });
    assertThat(first.closeCode()).isZero();
    assertThat(first.say("{\"type\":\"ping\",\"nonce\":\"2\"}").heard())
        .containsExactly(new Pong("2", null));
  }

  @Test
  void aFirstFrameThatIsNestedTooDeepIsMalformed() {
    String deep = "{\"type\":\"push\",\"writes\":" + "[".repeat(40) + "]".repeat(40) + "}";

    assertThat(ScopeSessionTest.errors(enter().say(deep))).containsExactly("malformed");
  }

  @Test
  void closesALinkThatSaysNothing() {
    TestLink silent = enter();
    TestLink spoken = enter().say("{\"type\":\"ping\"}");

    world.turns.pass(Duration.ofSeconds(11));

    assertThat(silent.closeCode()).isEqualTo(1008);
    assertThat(spoken.closeCode()).isZero();
  }

  @Test
  void letsNobodyInWhomTheGuardRefuses() {
    Handshake handshake =
        new Handshake(
            World.peer(),
            Target.parse("/sync"),
            Headers.of("Host", "localhost", "Origin", "https://evil.example"),
            List.of());

    Admission admission = door.admit(handshake).toCompletableFuture().join();

    assertThat(admission).isInstanceOf(Admission.Refused.class);
    assertThat(((Admission.Refused) admission).answer().status()).isEqualTo(403);
  }

  private TestLink enter() {
    TestLink link = new TestLink(world.turns, World.peer());
    link.serveBy(world.at(door, link));
    return link;
  }
}
