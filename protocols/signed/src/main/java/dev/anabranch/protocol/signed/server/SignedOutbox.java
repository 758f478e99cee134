package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.Cancellable;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Link;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.CanonicalJson;
import dev.anabranch.protocol.signed.wire.Refusal;
import dev.anabranch.protocol.signed.wire.ServerFrames;
import dev.anabranch.protocol.signed.wire.SignedFault;
import dev.anabranch.protocol.signed.wire.Signing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A session's link: everything it sends, signed in order on threads of their own, and every way
/// back onto its loop.
///
/// While the link has no room, what is signed waits here and nothing more is signed. Who asks
/// [#writable] before each page that it sends can send as many pages as it likes; who does not is
/// cut off once `waitingMax` frames wait.
///
/// The one place that catches failures: whatever a task throws is told to the observer once, and
/// the peer hears `internal` and the end. Confined to the link's loop.
final class SignedOutbox {

  private static final int AT_ONCE_MAX = 64;
  private static final long RETRY_MILLIS = 1_000;

  private final Link link;
  private final SignedSeams seams;
  private final SignedObserver observer;
  private final int waitingMax;
  private final Deque<Function<SecretKey, String>> waiting = new ArrayDeque<>();
  private final Deque<Frame> signed = new ArrayDeque<>();
  private Runnable drained = () -> {};
  private @Nullable SecretKey key;
  private @Nullable String sessionId;
  private long counter;
  private boolean signing;
  private boolean ended;
  private int closeCode;
  private String closeReason = "";

  SignedOutbox(Link link, SignedSeams seams, SignedObserver observer, int waitingMax) {
    this.link = link;
    this.seams = seams;
    this.observer = observer;
    this.waitingMax = waitingMax;
  }

  /// What to do when there is room again.
  void onDrained(Runnable task) {
    drained = task;
  }

  void signWith(SecretKey server) {
    key = server;
  }

  /// The key that frames are signed with, as peers know it; no frame is taken before it is there.
  PublicKey server() {
    return Objects.requireNonNull(key, "no frame is taken before the key is there").publicKey();
  }

  /// From here on frames are of this session.
  void session(String id) {
    sessionId = id;
  }

  Executor lane() {
    return link.loop();
  }

  boolean ended() {
    return ended;
  }

  boolean writable() {
    return signed.isEmpty() && link.outbox().writable() && waiting.size() < waitingMax / 4;
  }

  /// The link has room again.
  void linkWritable() {
    run(this::goOn);
  }

  /// Sends a frame with its place in the session, time and signature.
  void send(JsonObject frame) {
    JsonObject whole = frame.with("timestamp", seams.millis());
    if (sessionId != null) {
      whole = whole.with("session_id", sessionId).with("counter", ++counter);
    }
    JsonObject told = whole;
    send(secret ->
        CanonicalJson.text(
            told.with(Signing.SIGNATURE, secret.sign(Signing.digestOfFrame(told)).hex())));
  }

  /// Sends what is made with the server's key.
  void send(Function<SecretKey, String> frame) {
    if (ended) {
      return;
    }
    if (waiting.size() >= waitingMax) {
      end(CloseCode.OVERLOADED, "the peer reads too slowly");
      waiting.clear();
    } else {
      waiting.add(frame);
    }
    pump();
  }

  private void pump() {
    SecretKey secret = key;
    if (signing || secret == null || !signed.isEmpty()) {
      return;
    }
    if (waiting.isEmpty()) {
      if (closeCode != 0) {
        link.outbox().flush();
        link.close(closeCode, closeReason);
      }
      return;
    }
    List<Function<SecretKey, String>> batch = new ArrayList<>();
    while (!waiting.isEmpty() && batch.size() < AT_ONCE_MAX) {
      batch.add(waiting.remove());
    }
    signing = true;
    seams
        .signatures()
        .execute(() -> {
          List<Frame> frames = new ArrayList<>();
          RuntimeException broken = null;
          try {
            batch.forEach(each -> frames.add(Frame.text(each.apply(secret))));
          } catch (RuntimeException failure) {
            broken = failure;
          }
          RuntimeException failure = broken;
          link.execute(() -> signed(frames, failure));
        });
  }

  private void signed(List<Frame> frames, @Nullable RuntimeException failure) {
    signing = false;
    signed.addAll(frames);
    if (failure != null) {
      observer.failed(failure);
      waiting.clear();
      end(CloseCode.SERVER_ERROR, SignedFault.INTERNAL.sentence());
    }
    goOn();
  }

  private void goOn() {
    handOver();
    pump();
    if (!ended && writable()) {
      runAndFlush(drained);
    }
  }

  /// Gives the link what it has room for; all of it when the session has ended, since then nothing
  /// more comes and the link itself cuts off a peer that does not take it.
  private void handOver() {
    while (!signed.isEmpty() && (ended || hasRoom())) {
      link.outbox().send(signed.remove());
    }
    link.outbox().flush();
  }

  private boolean hasRoom() {
    if (link.outbox().writable()) {
      return true;
    }
    link.outbox().flush(); // what the peer's socket takes at once makes room
    return link.outbox().writable();
  }

  /// Says no, and goodbye when the fault is one that ends the session.
  void refuse(SignedFault fault, String detail, @Nullable Long re) {
    refuse(new Refusal(fault, detail), re);
  }

  void refuse(Refusal refusal, @Nullable Long re) {
    refuse(refusal, re, 0);
  }

  void refuse(Refusal refusal, @Nullable Long re, long retryMillis) {
    observer.refused(refusal.fault());
    send(ServerFrames.error(refusal, re, retryMillis));
    if (refusal.fault().closeCode() != 0) {
      close(refusal.fault().closeCode(), refusal.fault().sentence());
    }
  }

  /// Closes the link once everything before is on its way.
  void close(int code, String reason) {
    if (!ended) {
      end(code, reason);
      pump();
    }
  }

  private void end(int code, String reason) {
    ended = true;
    closeCode = code;
    closeReason = reason;
    if (key == null) {
      link.close(code, reason);
    }
    handOver();
  }

  /// The link is gone; nothing is sent any more.
  void gone() {
    ended = true;
    waiting.clear();
    signed.clear();
  }

  /// Runs a task of the session, on its loop already.
  void run(Runnable task) {
    if (ended) {
      return;
    }
    try {
      task.run();
    } catch (RuntimeException failure) {
      broke(failure);
    }
  }

  void runAndFlush(Runnable task) {
    run(task);
    if (!ended) {
      link.outbox().flush();
    }
  }

  /// Runs a task on the session's loop; from any thread.
  void execute(Runnable task) {
    link.execute(() -> runAndFlush(task));
  }

  /// Runs a task on the session's loop later.
  Cancellable later(long millis, Runnable task) {
    return link.schedule(Duration.ofMillis(millis), () -> runAndFlush(task));
  }

  /// Goes on with what a stage gives, on the session's loop; a lost store is answered as
  /// `unavailable`, after `lost`.
  <T> void then(CompletionStage<T> stage, @Nullable Long re, Consumer<T> next, Runnable lost) {
    stage.whenComplete((value, failure) ->
        execute(() -> {
          if (failure == null) {
            next.accept(value);
          } else if (causeOf(failure) instanceof StoreFailure) {
            lost.run();
            refuse(
                new Refusal(
                    SignedFault.UNAVAILABLE,
                    "the server's database is away; try again in a moment"),
                re,
                RETRY_MILLIS);
          } else {
            broke(causeOf(failure));
          }
        }));
  }

  private static Throwable causeOf(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  void broke(Throwable failure) {
    observer.failed(failure);
    refuse(SignedFault.INTERNAL, "something broke on our side", null);
  }
}
