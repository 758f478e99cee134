package dev.anabranch.bench.load;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A WebSocket client that blocks: for the readers that look into every frame.
public final class WireSocket implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int FRAME_BYTES_MAX = 64 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int FINAL = 0x80;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;

  private final Socket socket;
  private final DataInputStream input;
  private final OutputStream output;

  private WireSocket(Socket socket) throws IOException {
    this.socket = socket;
    input = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
    output = socket.getOutputStream();
  }

  /// Connects and shakes hands.
  public static WireSocket open(InetSocketAddress address, String target) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.connect(address, (int) PATIENCE.toMillis());
      WireSocket wire = new WireSocket(socket);
      wire.shakeHands("127.0.0.1:" + address.getPort(), target);
      return wire;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void shakeHands(String authority, String target) throws IOException {
    output.write(Opening.webSocket(authority, target).requestBytes());
    String status = line();
    if (!status.startsWith("HTTP/1.1 101")) {
      throw new IOException("the handshake was answered " + status);
    }
    while (!line().isEmpty()) {
      // The other headers of the answer say nothing that matters here.
      continue;
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = input.readUnsignedByte(); next != '\n'; next = input.readUnsignedByte()) {
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  /// Sends one text frame.
  public void send(String text) throws IOException {
    output.write(WebSocketText.frame(text));
  }

  /// The next whole message, as UTF-8; pings are answered on the way.
  public byte[] next() throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    while (true) {
      int head = input.readUnsignedByte();
      byte[] payload = payload();
      int opcode = head & 0x0f;
      if (opcode == CLOSE) {
        throw new EOFException("closed by the server: " + reason(payload));
      }
      if (opcode == PING) {
        output.write(WebSocketText.pong());
      } else if (opcode < CLOSE) {
        if ((head & FINAL) != 0 && message.size() == 0) {
          return payload;
        }
        message.write(payload);
        if ((head & FINAL) != 0) {
          return message.toByteArray();
        }
      }
    }
  }

  private static String reason(byte[] payload) {
    return payload.length < 2
        ? "no reason"
        : (((payload[0] & 0xff) << 8) | (payload[1] & 0xff))
            + " "
            + new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
  }

  private byte[] payload() throws IOException {
    long length = input.readUnsignedByte();
    if (length == 126) {
      length = input.readUnsignedShort();
    } else if (length == 127) {
      length = input.readLong();
    }
    if (length < 0 || length > FRAME_BYTES_MAX) {
      throw new IOException("a frame of " + length + " bytes");
    }
    byte[] payload = new byte[(int) length];
    input.readFully(payload);
    return payload;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
