package dev.anabranch.cli;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.StateVector;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.ByteWriter;
import dev.anabranch.crdt.protocol.SyncMessage;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// An editor that speaks the y-websocket protocol, for one connection.
final class YjsEditor implements WebSocket.Listener, AutoCloseable {

  private static final int SYNC = 0;

  private final HttpClient http = HttpClient.newHttpClient();
  private final ReentrantLock lock = new ReentrantLock();
  private final ByteArrayOutputStream part = new ByteArrayOutputStream();
  private final Document document;
  private final WebSocket socket;

  YjsEditor(String base, String path, long seed) {
    this.document = Document.create(DocumentOptions.forEditing(new Random(seed)));
    URI address = URI.create(base.replaceFirst("^http", "ws") + "documents/" + path);
    this.socket = http.newWebSocketBuilder().buildAsync(address, this).join();
    say(new SyncMessage.Step1(StateVector.EMPTY));
  }

  private void say(SyncMessage message) {
    ByteWriter out = new ByteWriter();
    out.writeVarUint(SYNC);
    message.write(out);
    socket.sendBinary(ByteBuffer.wrap(out.toBytes()), true).join();
  }

  /// Types at the end.
  void type(String text) {
    List<UpdateV1> made = new ArrayList<>();
    lock.lock();
    try (var listening = document.onUpdateV1(update -> made.add(update.update()))) {
      document.transact(
          listening,
          transaction -> document.text("body").insert(document.text("body").length(), text));
    } finally {
      lock.unlock();
    }
    made.forEach(update -> say(new SyncMessage.Changed(update)));
  }

  String text() {
    lock.lock();
    try {
      return document.text("body").text();
    } finally {
      lock.unlock();
    }
  }

  private void heard(byte[] frame) {
    ByteReader in = new ByteReader(frame);
    if (in.readVarUint() != SYNC) {
      return;
    }
    lock.lock();
    try {
      switch (SyncMessage.read(in)) {
        case SyncMessage.Step1 ignored -> {}
        case SyncMessage.Step2(UpdateV1 update) -> document.apply(update, "server");
        case SyncMessage.Changed(UpdateV1 update) -> document.apply(update, "server");
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    part.writeBytes(bytes);
    if (last) {
      heard(part.toByteArray());
      part.reset();
    }
    from.request(1);
    return null;
  }

  @Override
  public void close() {
    socket.abort();
    http.shutdownNow();
  }
}
