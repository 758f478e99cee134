package dev.anabranch.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// How a connection begins.
///
/// @param request the bytes of the first HTTP request, Latin-1; empty opens without one
/// @param status the HTTP status that means it worked, 101 or 200; 0 does not wait for one
/// @param hello text of the first WebSocket frame, sent once the status came; null sends none
/// @param readyText text in what is received that says the connection is live; null means at once
public record Opening(
    String request, int status, @Nullable String hello, @Nullable String readyText) {

  private static final String KEY = "{key}";
  private static final AtomicLong KEYS = new AtomicLong(System.nanoTime());

  /// A connection that is live as soon as it is connected, for HTTP callers.
  public static Opening plain() {
    return new Opening("", 0, null, null);
  }

  /// A WebSocket handshake that needs no first frame.
  public static Opening webSocket(String authority, String target) {
    return webSocket(authority, target, null, null);
  }

  /// A WebSocket handshake and a first frame, live when `readyText` was received.
  public static Opening webSocket(
      String authority, String target, @Nullable String hello, @Nullable String readyText) {
    String request =
        "GET "
            + target
            + " HTTP/1.1\r\nHost: "
            + authority
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: "
            + KEY
            + "\r\nSec-WebSocket-Version: 13\r\n\r\n";
    return new Opening(request, 101, hello, readyText);
  }

  /// A GET whose answer never ends and may begin only with the first change: a continuous feed.
  public static Opening stream(String authority, String target) {
    String request =
        "GET "
            + target
            + " HTTP/1.1\r\nHost: "
            + authority
            + "\r\nAccept: application/json\r\n\r\n";
    return new Opening(request, 0, null, null);
  }

  byte[] requestBytes() {
    return request.replace(KEY, nextKey()).getBytes(StandardCharsets.ISO_8859_1);
  }

  // Unique is enough: the server's answer to it is not looked at, but some peers tell clients apart
  // by it.
  private static String nextKey() {
    ByteBuffer key = ByteBuffer.allocate(2 * Long.BYTES).putLong(KEYS.incrementAndGet());
    return Base64.getEncoder().encodeToString(key.array());
  }
}
