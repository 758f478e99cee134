package dev.anabranch.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A WebSocket as a test sees it: what it sends, what it hears, how it ends.
final class Socket implements WebSocket.Listener {

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final StringBuilder part = new StringBuilder();
  private final WebSocket socket;

  private Socket(HttpClient client, URI http, @Nullable String token) {
    WebSocket.Builder builder = client.newWebSocketBuilder();
    if (token != null) {
      builder.header("Authorization", "Bearer " + token);
    }
    this.socket =
        builder.buildAsync(URI.create(http.toString().replaceFirst("^http", "ws")), this).join();
  }

  static Socket open(Served served, @Nullable String token) {
    return new Socket(served.client(), served.uri("/sync"), token);
  }

  /// A socket at another path.
  static Socket at(Served served, String path) {
    return new Socket(served.client(), served.uri(path), null);
  }

  Socket say(String text) {
    socket.sendText(text, true).join();
    return this;
  }

  /// Waits for a frame that holds a text.
  String hear(String text) {
    try {
      for (String frame = next(); frame != null; frame = next()) {
        if (frame.contains(text)) {
          return frame;
        }
      }
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
    throw new AssertionError("nothing with " + text + " was heard");
  }

  /// The next frame.
  String frame() {
    try {
      String frame = next();
      if (frame == null) {
        throw new AssertionError("nothing was heard");
      }
      return frame;
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  void leave() {
    socket.abort();
  }

  private @Nullable String next() throws InterruptedException {
    return heard.poll(20, TimeUnit.SECONDS);
  }

  /// Waits for the end; its close code.
  int ended() {
    return closed.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    part.append(data);
    if (last) {
      heard.add(part.toString());
      part.setLength(0);
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
    closed.complete(1006);
  }
}
