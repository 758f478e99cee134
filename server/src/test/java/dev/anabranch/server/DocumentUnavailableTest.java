package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.protocol.SyncMessage;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.PlainDisk;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
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
    assertThat(HocuspocusSocket.open(served).show("org:1/d", "").ended()).isEqualTo(1013);
    away.set(false);

    HocuspocusSocket again = HocuspocusSocket.open(served).show("org:1/d", "");
    assertThat(again.sync("org:1/d")).isInstanceOf(SyncMessage.Step1.class);
  }

  @Test
  void whoFoundsAScopeWhileTheServerTakesNoWritesIsToldToConnectAgain() {
    Map<String, String> full = Map.of("auth.mode", "token", "writes.queue_bytes_max", "1");
    try (Served busy = Served.open(full)) {
      String token =
          busy.token("w", new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, false));

      EditorSocket editor = EditorSocket.open(busy, "org:1/d?token=" + token);
      assertThat(editor.denied()).startsWith("unavailable: ");
      assertThat(editor.ended()).isEqualTo(1013);
    }
  }
}
