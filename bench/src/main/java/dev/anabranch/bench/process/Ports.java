package dev.anabranch.bench.process;

import dev.anabranch.bench.failure.BenchFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/// Ports on the loopback address.
public final class Ports {
  private static final Duration CONNECT_PATIENCE = Duration.ofMillis(250);

  private Ports() {}

  /// A port nobody listens on now.
  public static int free() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new BenchFailure("no free port", e);
    }
  }

  /// Whether somebody listens on `port`.
  public static boolean isOpen(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(address(port), (int) CONNECT_PATIENCE.toMillis());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// The loopback address with `port`.
  public static InetSocketAddress address(int port) {
    return new InetSocketAddress("127.0.0.1", port);
  }
}
