package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.crdt.StateVector;
import dev.anabranch.crdt.protocol.SyncMessage;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.store.Credential;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A token that ends takes with it what stands on it.
@Timeout(60)
class RevocationTest {

  private static final String SUBSCRIBE =
      "{\"type\":\"subscribe\",\"scope\":\"org:1\",\"lastSyncId\":0}";

  private final Served served =
      Served.open(
          Map.of(
              "auth.mode",
              "token",
              "auth.token_check_millis",
              "200",
              "requests.streams_max",
              "1",
              "requests.wait_seconds_max",
              "600"));
  private final String operator = served.token("operator", Authority.OWNER);
  private final String token = served.token("ann", Authority.OWNER);

  @AfterEach
  void close() {
    served.close();
  }

  private void revokeElsewhere() {
    boolean revoked =
        served
            .store()
            .credentials()
            .revoke(Credential.TOKEN, token.substring(4, 20), InstantSource.system().millis());
    assertThat(revoked).isTrue();
  }

  private void revokeHere() {
    var request =
        served
            .request("/admin/tokens/" + token.substring(4, 20))
            .header("Authorization", "Bearer " + operator)
            .DELETE();
    assertThat(served.send(request).statusCode()).isEqualTo(200);
  }

  @Test
  void aSocketOpenedWithTheTokenEndsWhenItIsRevokedInTheDatabase() {
    Socket socket = Socket.open(served, token).say(SUBSCRIBE);
    socket.hear("\"live\"");
    revokeElsewhere();
    assertThat(socket.ended()).isEqualTo(1008);
  }

  @Test
  void aSocketThatShowedTheTokenInAFrameEndsToo() {
    Socket socket =
        Socket.open(served, null)
            .say("{\"type\":\"auth\",\"token\":\"" + token + "\"}")
            .say(SUBSCRIBE);
    socket.hear("\"live\"");
    revokeHere();
    assertThat(socket.ended()).isEqualTo(1008);
  }

  @Test
  void anEditorWhoseTokenEndsMayComeBackWithANewerOneAndHearsWhenItIsNone() {
    EditorSocket editor = EditorSocket.open(served, "org:1/d?token=" + token);
    editor.sync();
    revokeHere();
    assertThat(editor.ended()).isEqualTo(1008);
    assertThat(EditorSocket.open(served, "org:1/d?token=" + token).ended()).isEqualTo(4401);
  }

  @Test
  void aSocketOfEditorsEndsThoughItShowedAnotherTokenForAnotherDocument() {
    HocuspocusSocket socket = HocuspocusSocket.open(served);
    socket.show("org:1/a", token).sync("org:1/a");
    socket.show("org:1/b", operator).sync("org:1/b");
    revokeHere();
    assertThat(socket.ended()).isEqualTo(1008);
  }

  @Test
  void aSocketOfEditorsEndsThoughALaterDocumentNeedsNoToken() {
    try (Served open = Served.open(Map.of("auth.token_check_millis", "200"))) {
      String shown = open.token("ann", Authority.OWNER);
      HocuspocusSocket socket = HocuspocusSocket.open(open);
      socket.show("org:1/a", shown).sync("org:1/a");
      socket.show("org:1/b", "").sync("org:1/b");
      open.store()
          .credentials()
          .revoke(Credential.TOKEN, shown.substring(4, 20), InstantSource.system().millis());
      assertThat(socket.ended()).isEqualTo(1008);
    }
  }

  @Test
  void aDocumentThatShowedANewTokenInTimeOutlivesItsOldOne() {
    HocuspocusSocket socket = HocuspocusSocket.open(served);
    socket.show("org:1/a", token).sync("org:1/a");
    socket.authenticated("org:1/a"); // by the old one
    String renewed = served.token("ann", Authority.OWNER);
    socket.show("org:1/a", renewed).authenticated("org:1/a");
    revokeHere();
    socket.say("org:1/a", new SyncMessage.Step1(StateVector.EMPTY));
    assertThat(socket.sync("org:1/a")).isInstanceOf(SyncMessage.Step2.class);
  }

  @Test
  void aSocketOfEditorsOutlivesTheTokenOfADocumentThatItLeft() {
    HocuspocusSocket socket = HocuspocusSocket.open(served);
    socket.show("org:1/a", token).sync("org:1/a");
    socket.show("org:1/b", operator).sync("org:1/b");
    socket.leave("org:1/a");
    socket.say("org:1/b", new SyncMessage.Step1(StateVector.EMPTY)).sync("org:1/b"); // it has left
    revokeHere();
    socket.say("org:1/b", new SyncMessage.Step1(StateVector.EMPTY));
    assertThat(socket.sync("org:1/b")).isInstanceOf(SyncMessage.Step2.class);
  }

  @Test
  void aSocketOfAnotherTokenStays() {
    Socket socket = Socket.open(served, operator).say(SUBSCRIBE);
    socket.hear("\"live\"");
    revokeHere();
    assertThat(served.get("/sync/delta?scope=org:1&lastSyncId=0", token).statusCode())
        .isEqualTo(401);
    socket.say("{\"type\":\"ping\",\"nonce\":\"n\"}").hear("\"pong\"");
  }

  @Test
  void aStreamOfEventsBreaksOff() throws Exception {
    HttpResponse<InputStream> live =
        served
            .client()
            .send(
                served.request("/sync/live?scope=org:1&token=" + token).build(),
                BodyHandlers.ofInputStream());
    assertThat(live.statusCode()).isEqualTo(200);
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(live.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).startsWith("id: 0");
      revokeElsewhere();
      assertThat(endOf(lines)).isTrue();
    }
  }

  @Test
  void aWaitingRequestIsRefused() throws Exception {
    CompletableFuture<HttpResponse<String>> delta =
        served
            .client()
            .sendAsync(
                served
                    .request("/sync/delta?scope=org:1&wait=600")
                    .header("Authorization", "bearer  " + token)
                    .build(),
                BodyHandlers.ofString());
    while (!served.get("/metrics").body().contains("\"GET /sync/delta\"")) {
      Thread.onSpinWait();
    }
    revokeElsewhere();
    assertThat(delta.join().statusCode()).isEqualTo(401);
    assertThat(delta.join().body()).contains("\"code\":\"unauthenticated\"");
    assertThat(served.get("/sync/delta?scope=org:1&wait=1", operator).statusCode())
        .as("the place is free again")
        .isEqualTo(200);
  }

  @Test
  void aSnapshotThatIsReadSlowlyBreaksOff() throws Exception {
    String text = "x".repeat(60_000);
    for (int number = 0; number < 120; number++) {
      var posted =
          served.post(
              "/api/Note",
              "{\"scope\":\"org:1\",\"id\":\"n" + number + "\",\"text\":\"" + text + "\"}",
              operator);
      assertThat(posted.statusCode()).isEqualTo(201);
    }
    HttpResponse<InputStream> snapshot =
        served
            .client()
            .send(
                served
                    .request("/sync/bootstrap?scope=org:1")
                    .header("Authorization", "Bearer " + token)
                    .build(),
                BodyHandlers.ofInputStream());
    assertThat(snapshot.statusCode()).isEqualTo(200);
    revokeHere();
    assertThatThrownBy(() -> snapshot.body().readAllBytes()).isInstanceOf(IOException.class);
  }

  private static boolean endOf(BufferedReader lines) {
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        assertThat(line).doesNotContain("refetch");
      }
      return true;
    } catch (IOException brokenOff) {
      return true;
    }
  }
}
