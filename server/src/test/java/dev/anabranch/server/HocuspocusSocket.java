package dev.anabranch.server;

import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.ByteWriter;
import dev.anabranch.crdt.protocol.SyncMessage;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A Hocuspocus client of several documents as a test sees it: what it sends, what it hears, how it
/// ends.
final class HocuspocusSocket implements WebSocket.Listener {
  private static final int SYNC = 0;
  private static final int AUTH = 2;
  private static final int STATELESS = 5;
  private static final int CLOSE = 7;
  private static final int SYNC_STATUS = 8;
  private static final int TOKEN = 0;
  private static final int DENIED = 1;

  private final BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
  private final List<byte[]> passed = new ArrayList<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final ByteArrayOutputStream part = new ByteArrayOutputStream();
  private final boolean reads;
  private final WebSocket socket;

  private HocuspocusSocket(Served served, boolean reads) {
    this.reads = reads;
    String address = served.uri("/hocuspocus").toString().replaceFirst("^http", "ws");
    this.socket =
        served.client().newWebSocketBuilder().buildAsync(URI.create(address), this).join();
  }

  static HocuspocusSocket open(Served served) {
    return new HocuspocusSocket(served, true);
  }

  /// A client that takes nothing from its socket until [#read].
  static HocuspocusSocket openDeaf(Served served) {
    return new HocuspocusSocket(served, false);
  }

  /// Begins to take what comes.
  void read() {
    socket.request(Long.MAX_VALUE);
  }

  /// Shows a token for a document, which opens it if it is not open.
  ///
  /// @param name `scope/name`
  HocuspocusSocket show(String name, String token) {
    return say(
        name,
        out -> {
          out.writeVarUint(AUTH);
          out.writeVarUint(TOKEN);
          out.writeString(token);
        });
  }

  HocuspocusSocket say(String name, SyncMessage message) {
    return say(
        name,
        out -> {
          out.writeVarUint(SYNC);
          message.write(out);
        });
  }

  HocuspocusSocket leave(String name) {
    return say(name, out -> out.writeVarUint(CLOSE));
  }

  private HocuspocusSocket say(String name, Consumer<ByteWriter> message) {
    ByteWriter out = new ByteWriter();
    out.writeString(name);
    message.accept(out);
    socket.sendBinary(ByteBuffer.wrap(out.toBytes()), true).join();
    return this;
  }

  /// Waits for a sync message of a document.
  SyncMessage sync(String name) {
    return SyncMessage.read(next(name, type -> type == SYNC));
  }

  /// Waits until a document's next token is accepted.
  void authenticated(String name) {
    next(name, type -> type == AUTH);
  }

  /// Waits for what became of a document's next update.
  boolean settled(String name) {
    return next(name, type -> type == SYNC_STATUS).readVarUint() == 1;
  }

  /// Waits for a no to who wants to open a document: `code: sentence`.
  String denied(String name) {
    ByteReader in = next(name, type -> type == AUTH);
    long kind = in.readVarUint();
    if (kind != DENIED) {
      throw new AssertionError("an auth message of kind " + kind);
    }
    return in.readString();
  }

  /// Waits for a problem of an open document.
  String problem(String name) {
    return next(name, type -> type == STATELESS).readString();
  }

  /// Frames of other documents, and others of this one, wait for those who ask for them.
  private ByteReader next(String name, Predicate<Long> type) {
    for (Iterator<byte[]> earlier = passed.iterator(); earlier.hasNext(); ) {
      ByteReader in = new ByteReader(earlier.next());
      if (isSought(in, name, type)) {
        earlier.remove();
        return in;
      }
    }
    while (true) {
      byte[] frame = next();
      ByteReader in = new ByteReader(frame);
      if (isSought(in, name, type)) {
        return in;
      }
      passed.add(frame);
    }
  }

  private static boolean isSought(ByteReader in, String name, Predicate<Long> type) {
    return in.readString().equals(name) && type.test(in.readVarUint());
  }

  private byte[] next() {
    try {
      byte[] frame = heard.poll(20, TimeUnit.SECONDS);
      if (frame == null) {
        throw new AssertionError("nothing was heard; closed: " + closed);
      }
      return frame;
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  /// Waits for the end; its close code.
  int ended() {
    return closed.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Override
  public void onOpen(WebSocket opened) {
    if (reads) {
      opened.request(Long.MAX_VALUE);
    }
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
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable failure) {
    closed.complete(1006);
  }
}
