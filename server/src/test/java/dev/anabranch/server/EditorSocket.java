package dev.anabranch.server;

import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.ByteWriter;
import dev.anabranch.crdt.protocol.SyncMessage;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A y-websocket client as a test sees it: what it sends, what it hears, how it ends.
final class EditorSocket implements WebSocket.Listener {
  private static final int SYNC = 0;
  private static final int AUTH = 2;

  private final BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final ByteArrayOutputStream part = new ByteArrayOutputStream();
  private final WebSocket socket;

  private EditorSocket(Served served, String path, @Nullable String bearer) {
    WebSocket.Builder builder = served.client().newWebSocketBuilder();
    if (bearer != null) {
      builder.header("Authorization", "Bearer " + bearer);
    }
    String address = served.uri("/documents/" + path).toString().replaceFirst("^http", "ws");
    this.socket = builder.buildAsync(URI.create(address), this).join();
  }

  /// Opens a document.
  ///
  /// @param path `scope/name`, with a query if need be
  static EditorSocket open(Served served, String path) {
    return new EditorSocket(served, path, null);
  }

  static EditorSocket openWithHeader(Served served, String path, String token) {
    return new EditorSocket(served, path, token);
  }

  EditorSocket say(SyncMessage message) {
    ByteWriter out = new ByteWriter();
    out.writeVarUint(SYNC);
    message.write(out);
    socket.sendBinary(ByteBuffer.wrap(out.toBytes()), true).join();
    return this;
  }

  EditorSocket change(UpdateV1 update) {
    return say(new SyncMessage.Changed(update));
  }

  /// Waits for a sync message.
  SyncMessage sync() {
    while (true) {
      ByteReader in = next();
      if (in.readVarUint() == SYNC) {
        return SyncMessage.read(in);
      }
    }
  }

  /// Waits for a no: `code: sentence`.
  String denied() {
    while (true) {
      ByteReader in = next();
      if (in.readVarUint() == AUTH) {
        in.readVarUint();
        return in.readString();
      }
    }
  }

  private ByteReader next() {
    try {
      byte[] frame = heard.poll(20, TimeUnit.SECONDS);
      if (frame == null) {
        throw new AssertionError("nothing was heard");
      }
      return new ByteReader(frame);
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  /// Is gone without a word.
  void drop() {
    socket.abort();
  }

  /// Waits for the end; its close code.
  int ended() {
    return closed.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    part.writeBytes(bytes);
    if (last) {
      heard.add(part.toByteArray());
      part.reset();
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable failure) {
    closed.completeExceptionally(failure);
  }
}
