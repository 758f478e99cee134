package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.ByteWriter;
import dev.anabranch.crdt.protocol.SyncMessage;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.PlainDisk;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// When a document cannot be read just now, the socket closes with a code after which every kind of
/// editor connects again, and then it is served.
@Timeout(60)
class DocumentUnavailableTest {
  private final AtomicBoolean away = new AtomicBoolean();
  private final Served served =
      Served.open(Map.of(), () -> failing(MemoryStore.open(new PlainDisk())));

  @AfterEach
  void close() {
    served.close();
  }

  private Store failing(Store store) {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, arguments) -> {
              if (away.get()
                  && method.getName().equals("entity")
                  && ((EntityKey) arguments[0]).model().equals(DocumentAddress.MODEL)) {
                throw new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away, says the test");
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }

  /// A Hocuspocus client that opens one document and waits for the server's question, or the end.
  private static final class Hocuspocus implements WebSocket.Listener {
    private final CompletableFuture<Boolean> asked = new CompletableFuture<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();

    static Hocuspocus open(Served served, String name) {
      Hocuspocus client = new Hocuspocus();
      String address = served.uri("/hocuspocus").toString().replaceFirst("^http", "ws");
      ByteWriter out = new ByteWriter();
      out.writeString(name);
      out.writeVarUint(2);
      out.writeVarUint(0);
      out.writeString("");
      served
          .client()
          .newWebSocketBuilder()
          .buildAsync(URI.create(address), client)
          .join()
          .sendBinary(ByteBuffer.wrap(out.toBytes()), true)
          .join();
      return client;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      ByteReader in = new ByteReader(bytes);
      in.readString();
      if (in.readVarUint() == 0) {
        asked.complete(true);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed.complete(code);
      return null;
    }
  }

  @Test
  void anEditorOfYWebsocketIsToldToConnectAgain() {
    away.set(true);
    assertThat(EditorSocket.open(served, "org:1/d").ended()).isEqualTo(1013);
    away.set(false);

    assertThat(EditorSocket.open(served, "org:1/d").sync()).isInstanceOf(SyncMessage.Step1.class);
  }

  @Test
  void anEditorOfHocuspocusIsToldToConnectAgain() {
    away.set(true);
    Hocuspocus first = Hocuspocus.open(served, "org:1/d");
    assertThat(first.closed.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(1013);
    away.set(false);

    Hocuspocus again = Hocuspocus.open(served, "org:1/d");
    assertThat(again.asked.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
  }
}
