package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.SignedMessage.LinkStatement;
import dev.anabranch.protocol.signed.wire.Signing;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Which keys may come in, and as what.
@Timeout(60)
@SuppressWarnings("NullAway.Init") // each test serves first
class SignedAdmissionTest {

  private static final SecretKey ANN = SignedPeer.key(1);
  private static final SecretKey BOB = SignedPeer.key(2);
  private static final SecretKey ADMIN = SignedPeer.key(3);

  private Served served;

  private void serve(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("auth.mode", "token");
    settings.put("nostr.members", ANN.publicKey().hex());
    settings.put("nostr.administrators", ADMIN.publicKey().hex());
    settings.putAll(more);
    served = Served.open(settings);
  }

  @AfterEach
  void close() {
    served.close();
  }

  private SignedPeer connected(SecretKey key) {
    return SignedPeer.connected(served, key);
  }

  private void isRefused(SecretKey key) {
    SignedPeer peer = SignedPeer.silent(served, key);
    peer.socket().say(peer.signed(peer.connect().with("challenge", peer.challenge())));
    peer.hear("\"code\":\"forbidden\"");
    assertThat(peer.socket().ended()).isEqualTo(4401);
  }

  private static String chat(String id, String data) {
    return "{\"action\":\"create\",\"data\":"
        + data
        + ",\"entity\":\"chat\",\"id\":\""
        + id
        + "\",\"version\":0}";
  }

  private static String message(String chat) {
    return "{\"action\":\"create\",\"chat\":\""
        + chat
        + "\",\"data\":{\"content\":\"hi\"},\"entity\":\"message\",\"id\":\"m\",\"version\":0}";
  }

  private static void link(SignedPeer peer, SecretKey keep, SecretKey join) {
    LinkStatement statement =
        new LinkStatement(peer.server(), keep.publicKey(), join.publicKey(), SignedPeer.now());
    byte[] digest = Signing.digest(statement.json());
    is(
        peer.ask(
            JsonObject.EMPTY
                .with("type", "link")
                .with("statement", statement.json())
                .with("keep_signature", keep.sign(digest).hex())
                .with("join_signature", join.sign(digest).hex())),
        "linked");
  }

  private static void is(JsonObject frame, String type) {
    assertThat(frame.string("type")).as("%s", frame).contains(type);
  }

  private static void isForbidden(JsonObject frame) {
    assertThat(frame.string("code")).as("%s", frame).contains("forbidden");
  }

  @Test
  void whereTokensAreAskedForAFreshKeyMayNotComeInAndAMemberMay() {
    serve(Map.of());
    isRefused(BOB);
    is(connected(ANN).sync(chat("c", "{}")), "accepted");
  }

  @Test
  void whomSomethingIsSharedWithComesInThereAndFoundsNothing() {
    serve(Map.of());
    SignedPeer ann = connected(ANN);
    String sharing = "{\"sharing\":{\"writers\":[\"" + BOB.publicKey().hex() + "\"]}}";
    is(ann.sync(chat("c", sharing)), "accepted");
    is(ann.sync(chat("private", "{}")), "accepted");
    SignedPeer bob = connected(BOB);
    is(bob.sync(message("c")), "accepted");
    isForbidden(bob.sync(message("private")));
    isForbidden(bob.sync(chat("bobs", "{}")));
    isForbidden(
        bob.sync(
            "{\"action\":\"create\",\"data\":{\"theme\":\"dark\"},\"entity\":\"settings\",\"id\":"
                + "\"settings\",\"version\":0}"));
  }

  @Test
  void aKeyThatIsLinkedToAMembersIsAMembers() {
    serve(Map.of());
    link(connected(ANN), ANN, BOB);
    is(connected(BOB).sync(chat("c", "{}")), "accepted");
  }

  @Test
  void aBanEndsTheKeysSessionsAndKeepsItOut() {
    serve(Map.of());
    SignedPeer ann = connected(ANN);
    link(ann, ANN, BOB);
    SignedPeer again = connected(ANN);
    SignedPeer linked = connected(BOB);
    new Administrator(served, ADMIN).does("banpubkey", "\"" + ANN.publicKey() + "\"");
    assertThat(again.socket().ended()).isEqualTo(4401);
    assertThat(linked.socket().ended()).isEqualTo(4401);
    isRefused(ANN);
    isRefused(BOB);
  }

  @Test
  void whoBecomesAMemberMeanwhileConnectsAnew() {
    serve(Map.of());
    String sharing = "{\"sharing\":{\"readers\":[\"" + BOB.publicKey().hex() + "\"]}}";
    is(connected(ANN).sync(chat("c", sharing)), "accepted");
    SignedPeer guest = connected(BOB);
    new Administrator(served, ADMIN).does("allowpubkey", "\"" + BOB.publicKey() + "\"");
    assertThat(guest.socket().ended()).isEqualTo(4401);
    is(connected(BOB).sync(chat("bobs", "{}")), "accepted");
  }

  @Test
  void aServerMayBeOpenToAllKeysButThoseThatAreBanned() {
    serve(Map.of("signed.admits", "anyone", "nostr.banned", BOB.publicKey().hex()));
    isRefused(BOB);
    is(connected(SignedPeer.key(4)).sync(chat("c", "{}")), "accepted");
  }

  @Test
  void anOpenServerIsOpenToAllKeysButThoseThatAreBanned() {
    serve(Map.of("auth.mode", "open", "nostr.banned", BOB.publicKey().hex()));
    isRefused(BOB);
    is(connected(SignedPeer.key(4)).sync(chat("c", "{}")), "accepted");
  }

  @Test
  void aServerWithoutARelayKnowsItsMembersAndBansToo() {
    serve(Map.of("nostr.enabled", "false"));
    isRefused(BOB);
    is(connected(ANN).sync(chat("c", "{}")), "accepted");
  }
}
