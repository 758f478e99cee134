package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.protocol.SyncMessage;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.PlainDisk;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What an editor has sent is kept, though its socket closes before the server has looked at it.
@Timeout(60)
class DocumentDepartureTest {
  private final AtomicReference<@Nullable CountDownLatch> held = new AtomicReference<>();
  private final PlainDisk disk = new PlainDisk();
  private final Served served = Served.open(Map.of(), () -> holding(MemoryStore.open(disk)));

  @AfterEach
  void close() {
    served.close();
  }

  /// A store whose reads of documents can be held up.
  private Store holding(Store store) {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, arguments) -> {
              CountDownLatch latch = held.get();
              if (latch != null
                  && method.getName().equals("entity")
                  && ((EntityKey) arguments[0]).model().equals(DocumentAddress.MODEL)) {
                latch.await();
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }

  private static UpdateV1 written(String text) {
    Document document = Document.create(DocumentOptions.forEditing(new Random(text.hashCode())));
    document.text("body").insert(0, text);
    return document.encodeV1();
  }

  private void untilNobodyIsThere() {
    await()
        .until(() -> served.get("/metrics").body().contains("\nanabranch_document_sessions 0.0\n"));
  }

  private void untilItSays(String text) {
    await()
        .untilAsserted(() ->
            assertThat(served.get("/api/document/d?scope=org:1&root=body:text").body())
                .contains("\"body\":\"" + text + "\""));
  }

  @Test
  void theAnswerToTheServersQuestionIsKeptThoughTheEditorIsGoneBeforeItIsRead() {
    EditorSocket socket = EditorSocket.open(served, "org:1/d");
    assertThat(socket.sync()).isInstanceOf(SyncMessage.Step1.class);
    CountDownLatch latch = new CountDownLatch(1);
    held.set(latch);
    socket.say(new SyncMessage.Step2(written("offline edits")));
    socket.drop();
    untilNobodyIsThere();
    held.set(null);
    latch.countDown();

    untilItSays("offline edits");
  }

  @Test
  void whatCameBeforeTheDocumentWasOpenIsKeptThoughTheEditorIsGone() {
    EditorSocket.open(served, "org:1/d").change(written("founded "));
    untilItSays("founded ");
    CountDownLatch latch = new CountDownLatch(1);
    held.set(latch);
    EditorSocket socket = EditorSocket.open(served, "org:1/e");
    socket.change(written("early"));
    socket.drop();
    await()
        .until(() -> served.get("/metrics").body().contains("\nanabranch_document_sessions 1.0\n"));
    held.set(null);
    latch.countDown();

    await()
        .untilAsserted(() ->
            assertThat(served.get("/api/document/e?scope=org:1&root=body:text").body())
                .contains("\"body\":\"early\""));
  }

  @Test
  void oneMessageOfNoUseCostsTheOthersNothing() {
    CountDownLatch latch = new CountDownLatch(1);
    held.set(latch);
    EditorSocket socket = EditorSocket.open(served, "org:1/d");
    socket.change(new UpdateV1(new byte[] {1, 2, 3})).change(written("sound"));
    socket.drop();
    untilNobodyIsThere();
    held.set(null);
    latch.countDown();

    untilItSays("sound");
  }

  @Test
  void whatIsTooMuchForOneChangeIsKeptInSeveral() {
    Map<String, String> narrow = Map.of("documents.message_bytes_max", "2048");
    try (Served small = Served.open(narrow, () -> holding(MemoryStore.open(new PlainDisk())))) {
      CountDownLatch latch = new CountDownLatch(1);
      held.set(latch);
      EditorSocket socket = EditorSocket.open(small, "org:1/d");
      socket.change(written("a".repeat(1_500))).change(written("b".repeat(1_500)));
      socket.drop();
      await()
          .until(
              () -> small.get("/metrics").body().contains("\nanabranch_document_sessions 0.0\n"));
      held.set(null);
      latch.countDown();

      await()
          .untilAsserted(() ->
              assertThat(small.get("/api/document/d?scope=org:1&root=body:text").body())
                  .contains("a".repeat(1_500), "b".repeat(1_500), "\"version\":2,"));
    }
  }

  @Test
  void whatTheServerHoldsAlreadyIsNotWrittenAgain() {
    EditorSocket first = EditorSocket.open(served, "org:1/d");
    first.change(written("once"));
    untilItSays("once");
    first.drop();
    EditorSocket socket = EditorSocket.open(served, "org:1/d");
    assertThat(socket.sync()).isInstanceOf(SyncMessage.Step1.class);
    CountDownLatch latch = new CountDownLatch(1);
    held.set(latch);
    socket.say(new SyncMessage.Step2(written("once")));
    socket.drop();
    untilNobodyIsThere();
    held.set(null);
    latch.countDown();
    EditorSocket.open(served, "org:1/other").change(written("after"));

    await()
        .untilAsserted(() ->
            assertThat(served.get("/api/document/other?scope=org:1").statusCode()).isEqualTo(200));
    assertThat(served.get("/api/document/d?scope=org:1").body()).contains("\"version\":1,");
  }

  @Test
  void messagesThatWaitForTheirDocumentAreBoundedByTheirBytes() {
    Map<String, String> narrow = Map.of("documents.waiting_bytes_max", "1024");
    try (Served small = Served.open(narrow, () -> holding(MemoryStore.open(new PlainDisk())))) {
      EditorSocket.open(small, "org:1/d").change(written("founded"));
      await().until(() -> small.get("/api/document/d?scope=org:1").statusCode() == 200);
      CountDownLatch latch = new CountDownLatch(1);
      held.set(latch);
      EditorSocket socket = EditorSocket.open(small, "org:1/d");
      socket.change(written("x".repeat(700)));
      socket.change(written("y".repeat(700)));

      assertThat(socket.denied()).startsWith("rate_limited: ");
      assertThat(socket.ended()).isEqualTo(1013);
      held.set(null);
      latch.countDown();
    }
  }
}
