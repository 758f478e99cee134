package dev.anabranch.client.signed;

import dev.anabranch.client.ClientThreads;
import dev.anabranch.client.session.Backoff;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Dial;
import dev.anabranch.link.Dialer;
import dev.anabranch.link.Headers;
import dev.anabranch.link.Link;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.protocol.signed.client.SignedConnection;
import dev.anabranch.protocol.signed.client.SignedListener;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The line to the server: dialled, heard, and dialled again when it is lost.
///
/// ```
///   CONNECTING ──connect_ack──▶ OPEN ──lost──▶ WAITING ──time──▶ CONNECTING
///        │ 4403, key revoked     │ resume refused
///        └───────────────────────┴──▶ REFUSED: it would not go better the next time
/// ```
///
/// Waits grow until [#works] says that a line has told everything: one that breaks again and again
/// on the same frame is dialled ever more seldom. On the device's thread, besides [#state].
final class SignedLine {

  private static final Logger LOG = LoggerFactory.getLogger(SignedLine.class);

  /// What a line brings, on the device's thread.
  interface Listener {
    /// It is open, for this principal.
    void opened(String principal);

    /// The server said something.
    void heard(JsonObject frame);

    /// It is lost, or could not be opened.
    ///
    /// @param code what it was closed with
    void lost(int code);
  }

  /// The device's thread.
  interface Turns {
    /// Does something there, after what was given before.
    void run(Runnable task);

    /// Does something there after a while.
    void runAfter(long millis, Runnable task);
  }

  private final SignedClientSettings settings;
  private final Dialer dialer;
  private final ClientThreads threads;
  private final Turns thread;
  private final Listener listener;
  private final Backoff backoff;
  private @Nullable SignedConnection connection;
  private @Nullable Link link;
  private @Nullable PublicKey serverKey;
  private boolean wanted;
  private volatile String state = "closed";
  private volatile String detail = "";
  private @Nullable String broken;

  /// What was dialled last: whatever an earlier one says is about nothing any more.
  private @Nullable Heard latest;

  /// Whether what was said was not taken on account of the line, and nothing was taken since: a
  /// line that opens has not shown yet that it works.
  private boolean doubted;

  SignedLine(
      SignedClientSettings settings,
      Dialer dialer,
      ClientThreads threads,
      Turns thread,
      Listener listener) {
    this.settings = settings;
    this.dialer = dialer;
    this.threads = threads;
    this.thread = thread;
    this.listener = listener;
    this.serverKey = settings.serverKey().orElse(null);
    this.backoff =
        new Backoff(settings.retryMillisMin(), settings.retryMillisMax(), threads.random());
  }

  /// `connecting`, `open`, `waiting`, `refused` or `closed`.
  String state() {
    return state;
  }

  /// Why the line is not open; empty when it is, or there is nothing to say.
  String detail() {
    return detail;
  }

  boolean isOpen() {
    return connection != null;
  }

  /// The server's key; null until a line has told it.
  @Nullable PublicKey serverKey() {
    return serverKey;
  }

  void connect() {
    if (!wanted) {
      wanted = true;
      dial();
    }
  }

  private void dial() {
    if (!wanted) {
      return;
    }
    state = "connecting";
    if (latest != null && latest.ends()) {
      listener.lost(CloseCode.NORMAL); // hung up, and its end is not told yet
    }
    Heard heard = new Heard();
    latest = heard;
    Dial dial = new Dial(settings.server(), Headers.empty(), List.of(), settings.dialTimeout());
    var dialling =
        dialer
            .dial(dial, open -> session(heard, open))
            .whenComplete((link, failure) -> {
              if (failure != null) {
                thread.run(() -> unreachable(failure));
              }
            });
    dialling.exceptionally(told -> null);
  }

  private void unreachable(Throwable failure) {
    detail = reason(failure);
    waitAndDial();
  }

  private static String reason(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private SignedConnection session(Heard heard, Link open) {
    SignedConnection own =
        new SignedConnection(
            open, settings.server(), settings.key(), serverKey, threads.clock(), heard);
    heard.connection = own;
    heard.link = open;
    return own;
  }

  private void waitAndDial() {
    if (wanted) {
      state = "waiting";
      thread.runAfter(backoff.failed(), this::dial);
    }
  }

  /// What one link says, brought to the device's thread.
  private final class Heard implements SignedListener {
    private @Nullable SignedConnection connection;
    private @Nullable Link link;
    private boolean wasOpen;
    private boolean isOver;

    /// Whether it ends with this call; it ends once, however often that is told.
    private boolean ends() {
      boolean before = isOver;
      isOver = true;
      return !before;
    }

    @Override
    public void opened(String who) {
      thread.run(() -> SignedLine.this.opened(this, who));
    }

    @Override
    public void heard(JsonObject frame) {
      thread.run(() -> {
        if (SignedLine.this.connection == connection) {
          listener.heard(frame);
        }
      });
    }

    @Override
    public void closed(int code, String reason) {
      thread.run(() -> {
        if (latest == this && ends()) {
          SignedLine.this.closed(wasOpen, code, reason);
        }
      });
    }
  }

  private void opened(Heard heard, String who) {
    SignedConnection open = Objects.requireNonNull(heard.connection);
    heard.wasOpen = true;
    if (latest != heard || !wanted) {
      Link late = Objects.requireNonNull(heard.link);
      late.execute(() -> open.close(CloseCode.NORMAL, "closing"));
      return;
    }
    connection = open;
    link = heard.link;
    state = "open";
    detail = "";
    serverKey = open.serverKey().orElse(null);
    listener.opened(who);
  }

  private void closed(boolean wasOpen, int code, String reason) {
    connection = null;
    link = null;
    String own = broken;
    broken = null;
    detail = own != null ? own : (code + " " + reason).strip();
    listener.lost(code);
    if (code == SignedConnection.BAD_SIGNATURE || reason.contains("no longer counts")) {
      giveUp("the server will not have this key: " + code + " " + reason);
      return;
    }
    if (code == CloseCode.PROTOCOL_ERROR) {
      LOG.warn("the line to {} broke: {}", settings.server(), reason);
    } else if (!wasOpen) {
      LOG.warn("{} let nobody in: {} {}", settings.server(), code, reason);
    }
    waitAndDial();
  }

  /// Sends a frame when the line is open.
  ///
  /// @param sent gets its counter, on the device's thread, before any answer is taken
  void send(JsonObject frame, LongConsumer sent) {
    SignedConnection open = connection;
    Link way = link;
    if (open == null || way == null) {
      return;
    }
    way.execute(() -> {
      long counter = open.send(frame);
      if (counter > 0) {
        thread.run(() -> {
          if (connection == open) { // another line has counters of its own
            sent.accept(counter);
          }
        });
      }
    });
  }

  /// The line has shown that it works.
  void works() {
    if (!doubted) {
      backoff.succeeded();
    }
  }

  /// The server has taken what was said.
  void taken() {
    doubted = false;
  }

  /// Begins anew, for the client does not know how to go on: what this line has said since, it will
  /// be told again, and must not be taken behind what it could not take.
  void breakOff() {
    hangUp(CloseCode.SERVER_ERROR, "the client broke");
  }

  /// It would not go better the next time.
  void giveUp(String why) {
    state = "refused";
    wanted = false;
    detail = why;
    broken = connection == null ? null : why; // it is closed already
    LOG.warn("the line to {} is given up: {}", settings.server(), why);
    hangUp(CloseCode.NORMAL, "given up");
  }

  /// Begins anew, for the server would not have what was said on this line for a reason that has
  /// nothing to do with what it was about, such as a clock that was set.
  void beginAnew(String reason) {
    LOG.warn("the line to {} begins anew: {}", settings.server(), reason);
    state = "waiting";
    detail = reason;
    broken = reason;
    doubted = true;
    hangUp(CloseCode.NORMAL, "beginning anew");
  }

  private void hangUp(int code, String reason) {
    SignedConnection open = connection;
    Link way = link;
    connection = null;
    link = null;
    if (open != null && way != null) {
      way.execute(() -> open.close(code, reason));
    }
  }

  void close() {
    wanted = false;
    state = "closed";
    hangUp(CloseCode.NORMAL, "closing");
  }
}
