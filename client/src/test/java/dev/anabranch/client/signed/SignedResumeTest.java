package dev.anabranch.client.signed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.client.ClientThreads;
import dev.anabranch.client.replica.MemoryReplica;
import dev.anabranch.client.replica.ScopeCursor;
import dev.anabranch.client.session.ConflictRule;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.link.CloseCode;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.Decoded;
import dev.anabranch.protocol.signed.wire.Refusal;
import dev.anabranch.protocol.signed.wire.ServerFrames;
import dev.anabranch.protocol.signed.wire.SignedCodec;
import dev.anabranch.protocol.signed.wire.SignedFault;
import dev.anabranch.protocol.signed.wire.SignedMessage.Resume;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A device holds all that its principal may read, or says that it does not.
@Timeout(60)
class SignedResumeTest {

  private static final ScopeName CHAT = new ScopeName("chat:talk");
  private static final Duration MOMENT = Duration.ofMillis(100);

  private final SpokenServer server = new SpokenServer("nostr:ann");
  private final MemoryReplica copy = new MemoryReplica(new DeviceId("phone"));

  @AfterEach
  void close() {
    server.close();
  }

  private SignedEntityClient connected() {
    SignedClientSettings settings =
        new SignedClientSettings(
            URI.create("ws://localhost:1/sync"),
            SecretKey.generate(new SplittableRandom(1)),
            Optional.empty(),
            ConflictRule.KEEP_THEIRS,
            Duration.ofSeconds(10),
            1,
            2,
            100,
            Optional.empty());
    SignedEntityClient client =
        SignedEntityClient.open(settings, copy, server, false, ClientThreads.ofTheSystem());
    client.connect();
    return client;
  }

  private void hold(String chats, int count) {
    copy.write(replica -> {
      for (int chat = 0; chat < count; chat++) {
        replica.place(new ScopeCursor(new ScopeName(chats + chat), 1_000_000 + chat, 1));
      }
      return true;
    });
  }

  private static long counter(JsonObject frame) {
    return frame.number("counter").orElseThrow();
  }

  private static JsonObject no(SignedFault fault, @Nullable Long re) {
    return ServerFrames.error(new Refusal(fault, "the test says so"), re, 1);
  }

  private static void live(SpokenServer.Line line, boolean complete) throws InterruptedException {
    long re = counter(line.heard("resume"));
    line.say(ServerFrames.resumed(List.of(CHAT), complete, re));
    line.say(ServerFrames.snapshot(CHAT, List.of(), true, 1));
    line.say(ServerFrames.live(CHAT, 1));
  }

  @Test
  void aDeviceThatIsToldEverythingIsSettled() throws Exception {
    try (SignedEntityClient client = connected()) {
      live(server.line(), true);
      assertThat(client.settle(Duration.ofSeconds(30))).isTrue();
      assertThat(client.state()).isEqualTo("open");
    }
  }

  @Test
  void aDeviceThatIsNotToldEverythingSaysSoUntilItIs() throws Exception {
    try (SignedEntityClient client = connected()) {
      SpokenServer.Line line = server.line();
      live(line, false);
      await().until(() -> client.state().equals("partial") && client.chats().size() == 1);
      assertThat(client.settle(MOMENT)).isFalse();
      line.cutOff();
      live(server.line(), true);
      assertThat(client.settle(Duration.ofSeconds(30))).isTrue();
      assertThat(client.state()).isEqualTo("open");
    }
  }

  @Test
  void aChatThatIsSharedBeyondTheRoomMakesItPartial() throws Exception {
    try (SignedEntityClient client = connected()) {
      SpokenServer.Line line = server.line();
      live(line, true);
      assertThat(client.settle(Duration.ofSeconds(30))).isTrue();
      line.say(no(SignedFault.TOO_MANY_SUBSCRIPTIONS, null));
      await().until(() -> client.state().equals("partial"));
      assertThat(client.settle(MOMENT)).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"INVALID", "TOO_LARGE", "FORBIDDEN"})
  void aResumeThatIsRefusedForGoodIsNotSaidAgain(SignedFault fault) throws Exception {
    try (SignedEntityClient client = connected()) {
      SpokenServer.Line line = server.line();
      line.say(no(fault, counter(line.heard("resume"))));
      await().until(() -> client.state().equals("refused"));
      assertThat(client.settle(MOMENT)).isFalse();
      assertThat(line.isSilent()).isTrue();
      assertThat(server.isDialled()).isFalse();
      client.connect();
      live(server.line(), true);
      assertThat(client.settle(Duration.ofSeconds(30))).isTrue();
    }
  }

  @Test
  void aResumeOnASessionThatEndsIsSaidOnTheNextOne() throws Exception {
    try (SignedEntityClient client = connected()) {
      SpokenServer.Line line = server.line();
      line.say(no(SignedFault.UNKNOWN_SESSION, counter(line.heard("resume"))));
      line.close(SignedFault.UNKNOWN_SESSION.closeCode(), "");
      live(server.line(), true);
      assertThat(client.settle(Duration.ofSeconds(30))).isTrue();
    }
  }

  @Test
  void aResumeThatCannotBeReadIsNotSaidAgain() throws Exception {
    try (SignedEntityClient client = connected()) {
      SpokenServer.Line line = server.line();
      line.heard("resume");
      line.say(no(SignedFault.MALFORMED, null));
      await().until(() -> client.state().equals("refused"));
    }
  }

  @Test
  void aResumeThatIsTooLargeForAFrameIsNotSaidAgain() throws Exception {
    try (SignedEntityClient client = connected()) {
      SpokenServer.Line line = server.line();
      line.heard("resume");
      line.close(CloseCode.TOO_LARGE, "");
      await().until(() -> client.state().equals("refused"));
      assertThat(server.isDialled()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"RATE_LIMITED", "UNAVAILABLE"})
  void aResumeThatCanGoWellLaterIsSaidAgain(SignedFault fault) throws Exception {
    try (SignedEntityClient client = connected()) {
      SpokenServer.Line line = server.line();
      line.say(no(fault, counter(line.heard("resume"))));
      live(line, true);
      assertThat(client.settle(Duration.ofSeconds(30))).isTrue();
    }
  }

  @Test
  void aResumeThatIsStaleIsSaidOnTheNextLine() throws Exception {
    try (SignedEntityClient client = connected()) {
      SpokenServer.Line line = server.line();
      line.say(no(SignedFault.STALE, counter(line.heard("resume"))));
      live(server.line(), true);
      assertThat(client.settle(Duration.ofSeconds(30))).isTrue();
    }
  }

  @Test
  void thousandsOfCursorsAreOneFrameThatAServerTakes() throws Exception {
    hold("chat:" + "c".repeat(36), 2_000);
    try (SignedEntityClient client = connected()) {
      assertThat(named(server.line().heard("resume"))).isEqualTo(2_000);
      assertThat(client.state()).isEqualTo("open");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "long names, whose quotes are written as two signs"})
  void whatAFrameHasNoRoomForIsForgottenWhenItIsNotFollowed(String names) throws Exception {
    hold("chat:" + "\"".repeat(3 * names.length()), 9_000);
    try (SignedEntityClient client = connected()) {
      SpokenServer.Line line = server.line();
      JsonObject resume = line.heard("resume");
      int named = named(resume);
      assertThat(named).isBetween(1_000, 8_000);
      line.say(ServerFrames.resumed(List.of(CHAT), true, counter(resume)));
      await().until(() -> client.chats().size() == named);
    }
  }

  @Test
  void whatMayBeBeyondTheRoomIsNotForgotten() throws Exception {
    hold("chat:", 8_001);
    try (SignedEntityClient client = connected()) {
      live(server.line(), false);
      await().until(() -> client.chats().size() == 8_002);
    }
  }

  /// How many cursors a server that says nothing else reads in a frame.
  private static int named(JsonObject resume) {
    String text = resume.text();
    assertThat(text.getBytes(StandardCharsets.UTF_8).length)
        .isLessThan(JsonLimits.FRAME.bytesMax());
    return new SignedCodec(JsonLimits.FRAME).fromClient(text)
            instanceof Decoded.Good(Resume read, var envelope, var frame, var signature)
        ? read.cursors().size()
        : 0;
  }
}
