package dev.anabranch.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// A TCP line to a server that can be slow, lose what the server says, and be torn in the middle of
/// a byte stream. While the server is away it takes connections and drops them.
public final class BreakableLine implements AutoCloseable {

  private static final long NEVER = Long.MAX_VALUE;

  private final ServerSocket door;
  private final int serverPort;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytesUntilTorn = new AtomicLong(NEVER);
  private final AtomicLong bytesLost = new AtomicLong();
  private volatile long delayMillis;

  /// A line to a port of this machine.
  public BreakableLine(int serverPort) {
    this.serverPort = serverPort;
    try {
      door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    Thread.startVirtualThread(this::accept);
  }

  /// The near end.
  public String url() {
    return "http://127.0.0.1:" + door.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        connect(door.accept());
      }
    } catch (IOException closed) {
      tear();
    }
  }

  private void connect(Socket client) throws IOException {
    Socket server = new Socket();
    try {
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort));
    } catch (IOException away) {
      client.close();
      server.close();
      return;
    }
    Connection connection = new Connection(client, server);
    connections.add(connection);
    Thread.startVirtualThread(() -> pump(connection, client, server));
    Thread.startVirtualThread(() -> pump(connection, server, client));
  }

  private void pump(Connection connection, Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8_192];
      int count = in.read(buffer);
      while (count > 0) {
        hold();
        if (connection.losesAnswers && from.equals(connection.server)) {
          bytesLost.addAndGet(count);
        } else {
          pass(buffer, count, out);
        }
        count = in.read(buffer);
      }
    } catch (IOException torn) {
      // whoever tore it has closed both ends
    } finally {
      connections.remove(connection);
    }
  }

  private void hold() {
    long millis = delayMillis;
    if (millis > 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
  }

  private void pass(byte[] buffer, int count, OutputStream out) throws IOException {
    long left = bytesUntilTorn.getAndUpdate(now -> now == NEVER ? NEVER : Math.max(0, now - count));
    if (left > count) {
      out.write(buffer, 0, count);
      return;
    }
    out.write(buffer, 0, (int) left);
    bytesUntilTorn.set(NEVER);
    tear();
  }

  /// Tears every connection; new ones can be made.
  public void tear() {
    connections.forEach(Connection::tear);
  }

  /// Tears every connection as soon as this many more bytes have passed, in both directions
  /// together: most likely in the middle of a frame.
  public void tearAfterBytes(long count) {
    bytesUntilTorn.set(count);
  }

  /// Whether it is about to be torn.
  public boolean isToBeTorn() {
    return bytesUntilTorn.get() != NEVER;
  }

  /// From now on nothing that the server says arrives, until the connections are torn.
  public void loseAnswers() {
    connections.forEach(connection -> connection.losesAnswers = true);
  }

  /// How many bytes of the server were lost so far.
  public long bytesLost() {
    return bytesLost.get();
  }

  /// Holds up everything that passes, in either direction; 0 = no more.
  public void delay(long millis) {
    delayMillis = millis;
  }

  @Override
  public void close() throws IOException {
    door.close();
    tear();
  }

  private static final class Connection {
    private final Socket client;
    private final Socket server;
    private volatile boolean losesAnswers;

    private Connection(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    private void tear() {
      tear(client);
      tear(server);
    }

    private static void tear(Socket socket) {
      try {
        socket.setSoLinger(true, 0);
        socket.close();
      } catch (IOException tornAlready) {
        // it is what was wanted
      }
    }
  }
}
