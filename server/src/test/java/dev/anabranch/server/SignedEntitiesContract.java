package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.SignedMessage.LinkStatement;
import dev.anabranch.protocol.signed.wire.Signing;
import dev.anabranch.server.configuration.ModelsFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Signed entities through a whole server; the same on every database.
abstract class SignedEntitiesContract {

  private static final SecretKey ANN = SignedPeer.key(1);
  private static final SecretKey BOB = SignedPeer.key(2);

  @TempDir Path data;
  private Served served = Served.open();

  abstract StoreOpener opener();

  private Served serve(Map<String, String> more) {
    served.close();
    Map<String, String> settings = new HashMap<>(more);
    settings.put("server.data", data.toString());
    served = Served.open(settings, opener());
    return served;
  }

  private Served serve() {
    return serve(Map.of());
  }

  @AfterEach
  void close() {
    served.close();
  }

  private static String hex(SecretKey key) {
    return key.publicKey().hex();
  }

  private static void assertType(JsonObject frame, String type) {
    assertThat(frame.string("type")).as("%s", frame).contains(type);
  }

  private static void assertCode(JsonObject frame, String code) {
    assertThat(frame.string("code")).as("%s", frame).contains(code);
  }

  private static void assertVersion(JsonObject frame, long version) {
    assertThat(frame.number("version")).as("%s", frame).hasValue(version);
  }

  @Test
  void aChatIsCreatedAndUpdatedAndAStaleUpdateHearsTheCurrentVersion() {
    SignedPeer ann = SignedPeer.connected(serve(), ANN);
    JsonObject made =
        ann.sync(
            "{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"c1\",\"version\":0,\"data\":"
                + "{\"title\":\"One\",\"messages\":[{\"id\":\"m1\",\"content\":\"Hi\"}]}}");
    assertType(made, "accepted");
    assertVersion(made, 1);
    assertVersion(
        ann.sync(
            "{\"entity\":\"chat\",\"action\":\"update\",\"id\":\"c1\",\"version\":1,\"data\":"
                + "{\"title\":\"Two\"}}"),
        2);
    JsonObject conflict =
        ann.sync(
            "{\"entity\":\"chat\",\"action\":\"update\",\"id\":\"c1\",\"version\":1,\"data\":"
                + "{\"title\":\"Three\"}}");
    assertType(conflict, "conflict");
    assertThat(conflict.text()).contains("\"title\":\"Two\"", "\"version\":2");
    assertThat(ann.ask("{\"type\":\"fetch\",\"entity\":\"chat\",\"id\":\"c1\"}").text())
        .contains("\"content\":\"Hi\"", "\"title\":\"Two\"", "\"entity\":\"sharing\"");
    assertThat(new FoldCheck(served.store(), ModelsFile.shipped()).everything()).isEmpty();
  }

  @Test
  void aRetryHearsTheFirstAnswerAndAnotherWriteUnderItsKeyIsRefused() {
    SignedPeer ann = SignedPeer.connected(serve(), ANN);
    String create =
        "{\"entity\":\"settings\",\"action\":\"create\",\"version\":0,\"key\":\"k1\",\"data\":"
            + "{\"preferences\":{\"theme\":\"dark\"}}}";
    JsonObject first = ann.sync(create);
    JsonObject again = ann.sync(create);
    assertThat(again.get("sync_id")).isEqualTo(first.get("sync_id"));
    assertVersion(again, 1);
    assertCode(ann.sync(create.replace("dark", "light")), "key_reused");
    SignedPeer unnamed = SignedPeer.connected(served, BOB);
    String anonymous =
        "{\"entity\":\"chat\",\"action\":\"create\",\"version\":0,\"data\":{\"title\":\"x\"}}";
    assertThat(unnamed.sync(anonymous).get("id")).isEqualTo(unnamed.sync(anonymous).get("id"));
  }

  @Test
  void theSignedFrameIsKeptByteForByteBesideItsChange() {
    SignedPeer ann = SignedPeer.connected(serve(), ANN);
    String frame =
        ann.signed(
            ann.inSession(
                SignedPeer.json(
                    "{\"type\":\"sync\",\"payload\":{\"entity\":\"settings\",\"action\":"
                        + "\"create\",\"version\":0,\"data\":{\"größe\":1.5}}}")));
    ann.socket().say(frame);
    JsonObject accepted = ann.hear("\"type\":\"accepted\"");
    ScopeName scope = new ScopeName(accepted.string("scope").orElseThrow());
    Change change = served.store().change(scope, 2).orElseThrow();
    assertThat(change.proof()).isEqualTo(Bytes.of(frame.getBytes(StandardCharsets.UTF_8)));
    assertThat(change.origin()).isEqualTo("signed");
    assertThat(change.author().text()).isEqualTo(hex(ANN));
  }

  @Test
  void everyDeviceOfAKeyIsToldLiveAndWhatItMissedWhenItReturns() {
    SignedPeer phone = SignedPeer.connected(serve(), ANN);
    phone.sync("{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"c1\",\"data\":{\"n\":1}}");
    SignedPeer laptop = SignedPeer.connected(served, ANN);
    assertThat(laptop.ask("{\"type\":\"resume\",\"lastSyncId\":0}").text()).contains("chat:c1");
    assertThat(laptop.hear("\"type\":\"snapshot\"").text()).contains("\"n\":1");
    long live = laptop.hear("\"type\":\"live\"").number("lastSyncId").orElseThrow();
    phone.sync(
        "{\"entity\":\"chat\",\"action\":\"update\",\"id\":\"c1\",\"version\":1,\"data\":"
            + "{\"n\":2}}");
    assertThat(laptop.hear("\"type\":\"changed\"").text())
        .contains("\"n\":2", "\"action\":\"update\"", hex(ANN));

    SignedPeer back = SignedPeer.connected(served, ANN);
    back.ask("{\"type\":\"resume\",\"lastSyncId\":" + live + "}");
    assertThat(back.hear("\"type\":\"changed\"").text()).contains("\"n\":2");
    back.hear("\"type\":\"live\"");
    back.ask("{\"type\":\"resume\",\"cursors\":{\"chat:c1\":999999}}");
    back.hear("\"reason\":\"cursor_ahead\"");
    back.hear("\"type\":\"snapshot\"");
  }

  @Test
  void sharingAChatGrantsWhicheverWayItIsDone() {
    SignedPeer bob = SignedPeer.connected(serve(), BOB);
    bob.ask("{\"type\":\"resume\"}");
    SignedPeer ann = SignedPeer.connected(served, ANN);
    ann.sync("{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"c1\",\"data\":{\"n\":1}}");
    assertCode(bob.ask("{\"type\":\"fetch\",\"entity\":\"chat\",\"id\":\"c1\"}"), "forbidden");

    assertVersion(ann.sync(share(1, "readers")), 2);
    bob.hear("\"type\":\"snapshot\"");
    assertThat(served.get("/api/grant/" + hex(BOB) + "?scope=chat:c1").body())
        .contains("\"right\":\"read\"");
    String says =
        "{\"entity\":\"message\",\"chat\":\"c1\",\"action\":\"create\",\"id\":\"m1\",\"data\":"
            + "{\"content\":\"hello\"}}";
    assertCode(bob.sync(says), "forbidden");
    assertThat(
            served
                .post(
                    "/api/grant",
                    "{\"scope\":\"chat:c1\",\"id\":\"" + hex(BOB) + "\",\"right\":\"write\"}")
                .statusCode())
        .isEqualTo(200);
    bob.hear("\"reason\":\"access_changed\"");
    bob.hear("\"type\":\"live\"");
    assertType(bob.sync(says), "accepted");

    assertVersion(ann.sync(share(2, "revoked")), 3);
    bob.hear("\"type\":\"left\"");
    assertCode(bob.ask("{\"type\":\"fetch\",\"entity\":\"chat\",\"id\":\"c1\"}"), "forbidden");
  }

  private static String share(long version, String how) {
    return "{\"entity\":\"chat\",\"action\":\"update\",\"id\":\"c1\",\"version\":"
        + version
        + ",\"data\":{\"sharing\":{\""
        + how
        + "\":[\""
        + hex(BOB)
        + "\"]}}}";
  }

  @Test
  void aChatsSharingCannotBeWrittenAsAField() {
    serve();
    var answer =
        served.post(
            "/api/chat", "{\"scope\":\"chat:c9\",\"id\":\"c9\",\"sharing\":{\"readers\":[\"x\"]}}");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"code\":\"schema\"", "/api/grant");
  }

  @Test
  void aReaderCannotShareAndAWriterNeither() {
    SignedPeer ann = SignedPeer.connected(serve(), ANN);
    ann.sync(
        "{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"c1\",\"data\":{\"sharing\":"
            + "{\"writers\":[\""
            + hex(BOB)
            + "\"]}}}");
    SignedPeer bob = SignedPeer.connected(served, BOB);
    assertCode(bob.sync(share(1, "owners")), "forbidden");
    assertThat(served.get("/api/chat/c1?scope=chat:c1").body()).contains("\"version\":1");
  }

  @Test
  void aPrincipalsOwnScopeIsItsOwnEvenIfSomebodyElseWroteThereFirst() {
    serve();
    String written = "{\"scope\":\"user:" + hex(ANN) + "\",\"id\":\"n1\",\"text\":\"hi\"}";
    assertThat(served.post("/api/note", written).statusCode()).isEqualTo(201);
    SignedPeer ann = SignedPeer.connected(served, ANN);
    assertType(
        ann.sync("{\"entity\":\"settings\",\"action\":\"create\",\"data\":{\"a\":1}}"), "accepted");
  }

  @Test
  void serverOwnedFieldsAreTheServers() {
    SignedPeer ann = SignedPeer.connected(serve(), ANN);
    ann.sync("{\"entity\":\"settings\",\"action\":\"create\",\"data\":{\"ui\":{\"a\":1}}}");
    assertCode(
        ann.sync(
            "{\"entity\":\"settings\",\"action\":\"update\",\"version\":1,\"data\":"
                + "{\"subscription_status\":\"pro\"}}"),
        "server_owned");
    ann.ask("{\"type\":\"resume\"}");
    ann.hear("\"type\":\"live\"");
    var operator =
        served
            .request("/api/settings/settings")
            .header("Content-Type", "application/json")
            .method(
                "PATCH",
                Served.body(
                    "{\"scope\":\"user:" + hex(ANN) + "\",\"subscription_status\":\"pro\"}"));
    assertThat(served.send(operator).statusCode()).isEqualTo(200);
    assertThat(ann.hear("\"type\":\"changed\"").text()).contains("\"subscription_status\":\"pro\"");
    assertCode(
        ann.sync(
            "{\"entity\":\"training_data\",\"action\":\"create\",\"data\":"
                + "{\"reward_status\":\"paid\"}}"),
        "server_owned");
  }

  @Test
  void whatHoldsServerOwnedFieldsIsDeletedByTheServersOwnerOnly() {
    SignedPeer ann = SignedPeer.connected(serve(), ANN);
    String path = "/api/settings/settings?scope=user:" + hex(ANN);
    ann.sync("{\"entity\":\"settings\",\"action\":\"create\",\"data\":{\"ui\":{\"a\":1}}}");
    served.send(
        served
            .request(path)
            .header("Content-Type", "application/json")
            .method("PATCH", Served.body("{\"feature_flags\":{\"beta\":false}}")));
    assertCode(
        ann.sync("{\"entity\":\"settings\",\"action\":\"delete\",\"version\":2}"), "server_owned");
    assertType(
        ann.sync(
            "{\"entity\":\"settings\",\"action\":\"update\",\"version\":2,\"data\":{\"ui\":null}}"),
        "accepted");
    Authority writer = new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, false);
    String token = served.token(hex(ANN), writer);
    var deletion = served.request(path).header("Authorization", "Bearer " + token).DELETE();
    assertThat(served.send(deletion).body()).contains("server_owned", "feature_flags");
    assertThat(served.get(path).body()).contains("\"feature_flags\":{\"beta\":false}");
    assertThat(served.send(served.request(path).DELETE()).statusCode()).isEqualTo(200);
    assertType(ann.sync("{\"entity\":\"settings\",\"action\":\"create\",\"data\":{}}"), "accepted");
  }

  @Test
  void trainingDataIsTakenOnlyFromChatsThatOptedIn() {
    SignedPeer ann = SignedPeer.connected(serve(), ANN);
    ann.sync("{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"c1\",\"data\":{}}");
    String contribution =
        "{\"entity\":\"training_data\",\"action\":\"create\",\"id\":\"t1\",\"data\":{\"chat\":"
            + "\"c1\",\"messages\":[\"m1\"],\"quality\":5,\"usage\":\"research\"}}";
    assertCode(ann.sync(contribution), "forbidden");
    assertCode(ann.sync(contribution.replace("\"chat\":\"c1\",", "")), "schema");
    ann.sync(
        "{\"entity\":\"chat\",\"action\":\"update\",\"id\":\"c1\",\"version\":1,\"data\":"
            + "{\"training_opt_in\":true}}");
    assertType(ann.sync(contribution), "accepted");
    SignedPeer bob = SignedPeer.connected(served, BOB);
    assertCode(bob.sync(contribution), "forbidden");
  }

  @Test
  void aBatchIsAppliedTogetherOrOneByOne() {
    SignedPeer ann = SignedPeer.connected(serve(), ANN);
    String payloads =
        "\"payloads\":[{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"b1\",\"data\":{}},"
            + "{\"entity\":\"chat\",\"action\":\"update\",\"id\":\"b2\",\"version\":1,\"data\":{}}]";
    JsonObject together = ann.ask("{\"type\":\"sync\",\"atomic\":true," + payloads + "}");
    assertThat(together.text())
        .contains("\"code\":\"batch_aborted\"", "\"status\":\"conflict\"", "\"current\":null")
        .doesNotContain("accepted");
    assertThat(served.get("/api/chat/b1?scope=chat:b1").statusCode()).isEqualTo(404);
    JsonObject each = ann.ask("{\"type\":\"sync\"," + payloads + "}");
    assertThat(each.text()).contains("\"status\":\"accepted\"", "\"status\":\"conflict\"");
    assertThat(served.get("/api/chat/b1?scope=chat:b1").statusCode()).isEqualTo(200);
  }

  @Test
  void aFetchTakesPartOfALargeSet() {
    SignedPeer ann = SignedPeer.connected(serve(), ANN);
    long middle = 0;
    for (int number = 1; number <= 6; number++) {
      JsonObject made =
          ann.sync(
              "{\"entity\":\"training_data\",\"action\":\"create\",\"id\":\"t"
                  + number
                  + "\",\"data\":{\"a\":"
                  + number
                  + ",\"b\":\"long\"}}");
      middle = number == 4 ? made.number("sync_id").orElseThrow() : middle;
    }
    JsonObject first =
        ann.ask("{\"type\":\"fetch\",\"entity\":\"training_data\",\"fields\":[\"a\"],\"limit\":4}");
    assertThat(first.text()).contains("\"a\":4").doesNotContain("long", "\"a\":5");
    String next = first.string("next").orElseThrow();
    JsonObject rest =
        ann.ask(
            JsonObject.EMPTY
                .with("type", "fetch")
                .with("entity", "training_data")
                .with("after", next));
    assertThat(rest.text()).contains("\"a\":5", "\"a\":6").doesNotContain("\"next\"");
    assertThat(
            ann.ask("{\"type\":\"fetch\",\"entity\":\"training_data\",\"since\":" + middle + "}")
                .text())
        .contains("\"a\":5", "\"a\":6")
        .doesNotContain("\"a\":4");
  }

  @Test
  void theSessionGoesOnUnderAnotherIdAndTheOneBeforeStaysGoodForAWhile() {
    SignedPeer ann =
        SignedPeer.connected(
            serve(Map.of("signed.rotate_millis", "300", "signed.previous_millis", "60000")), ANN);
    JsonObject rotated = ann.hear("\"type\":\"session_rotated\"");
    assertThat(rotated.string("previous")).contains(ann.session());
    assertThat(rotated.string("session_id")).isNotEqualTo(rotated.string("previous"));
    assertType(ann.ask("{\"type\":\"ping\",\"nonce\":\"n\"}"), "pong");
  }

  @Test
  void aSessionIdThatIsTooOldEndsTheSession() {
    SignedPeer ann =
        SignedPeer.connected(
            serve(Map.of("signed.rotate_millis", "200", "signed.previous_millis", "1")), ANN);
    ann.hear("\"type\":\"session_rotated\"");
    ann.hear("\"type\":\"session_rotated\"");
    assertCode(ann.ask("{\"type\":\"ping\",\"nonce\":\"n\"}"), "unknown_session");
    assertThat(ann.socket().ended()).isEqualTo(4401);
  }

  @Test
  void whoSaysNothingIsAskedAndThenSentOff() {
    SignedPeer ann = SignedPeer.connected(serve(Map.of("signed.idle_millis", "400")), ANN);
    ann.hear("\"type\":\"ping\"");
    ann.hear("\"code\":\"idle\"");
    assertThat(ann.socket().ended()).isEqualTo(4408);
  }

  @Test
  void whoNeverConnectsIsSentOff() {
    SignedPeer ann = SignedPeer.silent(serve(Map.of("signed.handshake_millis", "200")), ANN);
    ann.challenge();
    ann.hear("\"code\":\"unauthenticated\"");
    assertThat(ann.socket().ended()).isEqualTo(4401);
  }

  @Test
  void theSeedsConnectIsVerifiedOverTheKeyAsItIsSpelled() {
    serve(Map.of("signed.allow_unchallenged_connect", "true"));
    // the first key of NIP-06's vectors
    SecretKey key =
        SecretKey.parse("7f7ff03d123792d6ac594bfa67bf6d0c0ab55b6b1fdb6249303fe861f1ccba9a");
    SignedPeer bare = SignedPeer.silent(served, key);
    JsonObject connect =
        bare.connect()
            .with("pubkey", "npub1zutzeysacnf9rru6zqwmxd54mud0k44tst6l70ja5mhv8jjumytsd2x7nu");
    String signature = key.sign(Signing.digest(connect.without("type"))).hex();
    bare.socket().say(connect.with("signature", signature).text());
    JsonObject ack = bare.hear("\"type\":\"connect_ack\"");
    assertThat(ack.string("principal")).contains(key.publicKey().hex());
  }

  @Test
  void theSeedsConnectOpensAReadingSessionWhereItIsAllowedAndIsGoodOnce() {
    serve(Map.of("signed.allow_unchallenged_connect", "true"));
    SignedPeer.connected(served, ANN)
        .sync("{\"entity\":\"settings\",\"action\":\"create\",\"data\":{\"a\":1}}");
    SignedPeer bare = SignedPeer.silent(served, ANN);
    JsonObject connect = bare.connect();
    JsonObject signed = connect.without("type");
    String text = connect.with("signature", ANN.sign(Signing.digest(signed)).hex()).text();
    bare.socket().say(text);
    JsonObject ack = bare.hear("\"type\":\"connect_ack\"");
    assertThat(ack.text()).contains("\"read_only\":true");
    SignedPeer replayed = SignedPeer.silent(served, BOB);
    replayed.socket().say(text);
    replayed.hear("\"code\":\"unauthenticated\"");
    assertThat(replayed.socket().ended()).isEqualTo(4401);

    SignedPeer reading = bare.reading(ack);
    assertThat(reading.ask("{\"type\":\"fetch\",\"entity\":\"settings\"}").text())
        .contains("\"a\":1");
    String write =
        "{\"entity\":\"settings\",\"action\":\"update\",\"version\":1,\"data\":{\"a\":2}}";
    assertCode(reading.sync(write), "read_only");
    reading.answer(ack.string("challenge").orElseThrow());
    assertType(reading.sync(write), "accepted");
  }

  @Test
  void theServersKeyIsMadeWhenTheFirstClientComesAndIsPrivate() throws Exception {
    serve(Map.of("nostr.bridge", "false"));
    served.get("/readyz");
    Path file = data.resolve("server.key");
    assertThat(file).doesNotExist();
    SignedPeer ann = SignedPeer.connected(served, ANN);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    String server = ann.server().hex();
    serve();
    assertThat(SignedPeer.connected(served, ANN).server().hex()).isEqualTo(server);
  }

  @Test
  void twoKeysBecomeOnePrincipalByOneStatementThatBothSigned() {
    SignedPeer ann = SignedPeer.connected(serve(), ANN);
    SignedPeer bob = SignedPeer.connected(served, BOB);
    bob.sync("{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"bobs\",\"data\":{\"n\":1}}");
    String write =
        "{\"entity\":\"message\",\"chat\":\"bobs\",\"action\":\"create\",\"id\":\"m\",\"data\":{}}";
    assertCode(ann.sync(write), "forbidden");

    LinkStatement statement =
        new LinkStatement(ann.server(), ANN.publicKey(), BOB.publicKey(), SignedPeer.now());
    assertCode(link(ann, statement, BOB, BOB), "bad_signature");
    assertThat(ann.socket().ended()).isEqualTo(4403);

    SignedPeer again = SignedPeer.connected(served, ANN);
    JsonObject linked = link(again, statement, ANN, BOB);
    assertThat(linked.string("principal")).contains(hex(ANN));
    assertThat(again.socket().ended()).isEqualTo(4401);
    assertThat(bob.socket().ended()).isEqualTo(4401);

    SignedPeer one = SignedPeer.connected(served, ANN);
    assertType(one.sync(write.replace("\"m\"", "\"m2\"")), "accepted");
    SignedPeer other = SignedPeer.connected(served, BOB);
    assertThat(
            other
                .sync("{\"entity\":\"settings\",\"action\":\"create\",\"data\":{\"a\":1}}")
                .string("scope"))
        .contains("user:" + hex(ANN));
    assertThat(other.ask("{\"type\":\"resume\"}").text()).contains("chat:bobs");

    assertCode(other.ask("{\"type\":\"unlink\",\"key\":\"" + hex(ANN) + "\"}"), "forbidden");
    assertType(one.ask("{\"type\":\"unlink\",\"key\":\"" + hex(BOB) + "\"}"), "unlinked");
    assertThat(one.socket().ended()).isEqualTo(4401);
    assertThat(other.socket().ended()).isEqualTo(4401);
    SignedPeer alone = SignedPeer.connected(served, ANN);
    assertCode(alone.sync(write.replace("\"m\"", "\"m3\"")), "forbidden");
    assertCode(link(alone, statement, ANN, BOB), "invalid");
  }

  @Test
  void aSharingIsRevokedUnderWhicheverNameOfThePrincipalItWasGiven() {
    SignedPeer ann = SignedPeer.connected(serve(), ANN);
    SecretKey phone = SignedPeer.key(3);
    SignedPeer bob = SignedPeer.connected(served, BOB);
    link(
        bob,
        new LinkStatement(bob.server(), BOB.publicKey(), phone.publicKey(), SignedPeer.now()),
        BOB,
        phone);
    assertThat(bob.socket().ended()).isEqualTo(4401);
    ann.sync("{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"c1\",\"data\":{\"n\":1}}");
    served.post(
        "/api/grant", "{\"scope\":\"chat:c1\",\"id\":\"" + hex(phone) + "\",\"right\":\"read\"}");
    String fetch = "{\"type\":\"fetch\",\"entity\":\"chat\",\"id\":\"c1\"}";
    SignedPeer again = SignedPeer.connected(served, BOB);
    assertType(again.ask(fetch), "fetched");
    assertType(ann.sync(share(1, "revoked").replace(hex(BOB), hex(phone))), "accepted");
    assertCode(again.ask(fetch), "forbidden");
    assertCode(SignedPeer.connected(served, phone).ask(fetch), "forbidden");
  }

  private static JsonObject link(
      SignedPeer peer, LinkStatement statement, SecretKey keep, SecretKey join) {
    byte[] digest = Signing.digest(statement.json());
    return peer.ask(
        JsonObject.EMPTY
            .with("type", "link")
            .with("statement", statement.json())
            .with("keep_signature", keep.sign(digest).hex())
            .with("join_signature", join.sign(digest).hex()));
  }

  @Test
  void aRevokedKeyStaysOutAndItsSessionsEnd() {
    SignedPeer ann = SignedPeer.connected(serve(), ANN);
    SignedPeer elsewhere = SignedPeer.connected(served, ANN);
    assertType(ann.ask("{\"type\":\"revoke\",\"key\":\"" + hex(ANN) + "\"}"), "revoked");
    assertThat(ann.socket().ended()).isEqualTo(4401);
    assertThat(elsewhere.socket().ended()).isEqualTo(4401);
    SignedPeer back = SignedPeer.silent(served, ANN);
    back.socket().say(back.signed(back.connect().with("challenge", back.challenge())));
    back.hear("\"code\":\"key_revoked\"");
    assertThat(back.socket().ended()).isEqualTo(4401);
  }

  @Test
  void whatComesInOneWayIsToldAllOthers() {
    SignedPeer ann = SignedPeer.connected(serve(), ANN);
    ann.sync("{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"c1\",\"data\":{\"n\":1}}");
    Socket scope =
        Socket.open(served, null)
            .say("{\"type\":\"subscribe\",\"scope\":\"chat:c1\",\"lastSyncId\":0}");
    scope.hear("\"live\"");
    ann.sync(
        "{\"entity\":\"message\",\"chat\":\"c1\",\"action\":\"create\",\"id\":\"m1\",\"data\":"
            + "{\"content\":\"signed\"}}");
    assertThat(scope.hear("\"content\"")).contains("\"model\":\"Message\"", hex(ANN));
    ann.ask("{\"type\":\"resume\"}");
    ann.hear("\"type\":\"live\"");
    served.post("/api/message", "{\"scope\":\"chat:c1\",\"id\":\"m2\",\"content\":\"over HTTP\"}");
    assertThat(ann.hear("over HTTP").text()).contains("\"entity\":\"message\"", "\"chat\":\"c1\"");
  }

  @Test
  void aServerWithoutTheGatewayDoesNotKnowConnect() {
    SignedPeer ann =
        SignedPeer.silent(serve(Map.of("signed.enabled", "false", "nostr.bridge", "false")), ANN);
    ann.socket().say(ann.connect().text());
    ann.socket().hear("unknown_protocol");
    assertThat(ann.socket().ended()).isEqualTo(1002);
    assertThat(data.resolve("server.key")).doesNotExist();
  }
}
