package dev.anabranch.client.signed;

import dev.anabranch.client.ClientThreads;
import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.client.replica.ReplicaStore;
import dev.anabranch.client.session.Conflict;
import dev.anabranch.client.session.Resolution;
import dev.anabranch.client.session.UserCode;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Dialer;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.SignedFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread of a signed client: what goes out, and what the answers mean.
///
/// A write leaves the queue when its change is part of what the server told, or the answer was no.
/// One write of an entity is under way at a time, the others of it behind it; a write is sent again
/// after a lost line under its old key, so that it is applied once.
final class SignedDevice implements SignedLine.Turns, SignedLine.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(SignedDevice.class);
  private static final int UNDER_WAY_MAX = 32;
  private static final int KEY_BYTES = 16;
  private static final String CLOSED = "the signed client is closed";
  private static final Set<String> TRANSIENT = Set.of("rate_limited", "unavailable", "internal");

  /// What a server says of a frame that it cannot even ask for its counter.
  private static final Set<String> UNREAD = Set.of("malformed", "non_canonical");

  private final SignedClientSettings settings;
  private final ClientThreads threads;
  private final ScheduledExecutorService thread;
  private final Thread own;
  private final SignedTelling telling;
  private final SignedCopy copy;
  private final SignedLine line;

  /// Writes on their way out, by their numbers; the frame has no counter yet.
  private final Map<Long, QueuedWrite> leaving = new HashMap<>();

  /// Writes that wait for an answer, by their frames' counters.
  private final Map<Long, QueuedWrite> underWay = new HashMap<>();

  private final KeyRequests keyRequests;
  private final Map<String, CompletableFuture<SignedOutcome>> answers = new LinkedHashMap<>();
  private final SignedResume resume = new SignedResume();
  private final List<CompletableFuture<Boolean>> settling = new ArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CompletableFuture<Boolean> over = new CompletableFuture<>();
  private boolean pausing;

  /// Whether one write at a time is under way: a frame was not read, and it is to be found out
  /// which.
  private boolean oneByOne;

  /// The write that was alone under way when a frame was not read; -1 = none.
  private long suspect = -1;

  SignedDevice(
      SignedClientSettings settings, ReplicaStore store, Dialer dialer, ClientThreads threads) {
    this.settings = settings;
    this.threads = threads;
    this.thread = threads.timer("anabranch-signed");
    this.own = CompletableFuture.supplyAsync(Thread::currentThread, thread).join();
    this.telling =
        new SignedTelling(
            threads.pool("anabranch-signed-listeners", 1),
            threads.pool("anabranch-signed-answers", 1));
    this.keyRequests = new KeyRequests(telling);
    this.copy = new SignedCopy(store, this::freshKey, settings.queueMax());
    this.line = new SignedLine(settings, dialer, threads, this, this);
  }

  String state() {
    String state = line.state();
    return state.equals("open") && resume.isPartial() ? "partial" : state;
  }

  String detail() {
    return line.detail();
  }

  Runnable onChange(Consumer<EntityKey> listener) {
    return telling.onChange(listener);
  }

  // The thread.

  /// Nothing is done any more once the device is closed.
  @Override
  public void run(Runnable task) {
    if (closed.get()) {
      return;
    }
    try {
      thread.execute(() -> step(task));
    } catch (RejectedExecutionException closing) {
      LOG.debug("the signed client is closed; this came too late", closing);
    }
  }

  @Override
  public void runAfter(long millis, Runnable task) {
    var unused = thread.schedule(() -> run(task), millis, TimeUnit.MILLISECONDS);
  }

  private void step(Runnable task) {
    if (closed.get()) {
      return;
    }
    try {
      task.run();
      if (!settling.isEmpty() && isSettled()) {
        settling.forEach(waiting -> waiting.complete(true));
        settling.clear();
      }
    } catch (RuntimeException | Error failure) { // or the next frame would be taken behind this one
      line.breakOff();
      LOG.error("the signed client broke; its line begins anew", failure);
    }
  }

  /// Asks on the device's thread.
  ///
  /// @throws IllegalStateException when the device is closed, or a rule of conflicts asks, which
  ///   runs on that thread
  private <T> T ask(Supplier<T> question) {
    if (Thread.currentThread().equals(own)) {
      throw new IllegalStateException("a conflict rule does not call the client");
    }
    try {
      return CompletableFuture.supplyAsync(() -> asked(question), thread).join();
    } catch (CompletionException failure) {
      if (failure.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw failure;
    } catch (RejectedExecutionException closing) {
      throw new IllegalStateException(CLOSED, closing);
    }
  }

  private <T> T asked(Supplier<T> question) {
    if (closed.get()) {
      throw new IllegalStateException(CLOSED);
    }
    return question.get();
  }

  // The line.

  void connect() {
    run(line::connect);
  }

  @Override
  public void opened(String who) {
    telling.changed(copy.begin(who));
    resume.begin(who);
    forgetUnderWay();
    resume(); // writes follow once it is answered
  }

  @Override
  public void lost(int code) {
    if (code == CloseCode.TOO_LARGE && resume.isUnanswered()) {
      line.giveUp("a resume is larger than a frame of the server may be");
    }
    resume.lost();
    forgetUnderWay();
    keyRequests.lost();
  }

  private void resume() {
    line.send(resume.frame(copy.cursors()), resume::sent);
  }

  // What the server says.

  @Override
  public void heard(JsonObject frame) {
    switch (frame.string("type").orElse("")) {
      case "accepted", "conflict", "error" -> answered(frame);
      case "linked", "unlinked", "revoked" -> keysChanged(frame);
      case "snapshot" -> telling.changed(copy.snapshot(scope(frame).orElseThrow(), frame));
      case "changed" -> {
        telling.changed(copy.changed(scope(frame).orElseThrow(), frame));
        sendQueued();
      }
      case "live" -> scope(frame).ifPresent(resume::awaitsNoMore);
      case "resumed" -> {
        resumed(frame);
        sendQueued();
      }
      case "refetch" -> scope(frame).ifPresent(this::refetch);
      case "left" -> scope(frame).ifPresent(this::left);
      default -> {}
    }
    if (resume.isLive()) {
      if (leaving.isEmpty() && underWay.isEmpty()) {
        line.taken(); // there is nothing that it could not take
      }
      line.works();
    }
  }

  private Optional<ScopeName> scope(JsonObject frame) {
    return frame.string("scope").flatMap(ScopeName::parse).map(resume::local);
  }

  private void resumed(JsonObject frame) {
    if (frame.get("complete") == JsonBoolean.FALSE) {
      partial("there are more scopes than the server follows");
    }
    resume.resumed(frame).forEach(this::left);
  }

  /// A snapshot follows.
  private void refetch(ScopeName scope) {
    resume.awaits(scope);
    copy.unstage(scope);
  }

  private void left(ScopeName scope) {
    resume.awaitsNoMore(scope);
    telling.changed(copy.left(scope));
  }

  // Keys.

  /// Makes another key one of this key's principal.
  CompletionStage<KeyOutcome> link(SecretKey joining) {
    return changeKeys(
        server -> KeyRequests.link(server, settings.key(), joining, threads.clock().millis()));
  }

  /// Lets go of a key, or ends it.
  ///
  /// @param type `unlink` or `revoke`
  CompletionStage<KeyOutcome> letGo(String type, PublicKey key) {
    return changeKeys(server -> KeyRequests.of(type, key));
  }

  private void keysChanged(JsonObject frame) {
    if (!keyRequests.heard(frame)) {
      LOG.debug("an answer to what nobody waits for any more: {}", frame.string("type"));
    }
  }

  private CompletionStage<KeyOutcome> changeKeys(Function<PublicKey, JsonObject> frame) {
    CompletableFuture<KeyOutcome> answer = new CompletableFuture<>();
    ask(() -> {
      PublicKey server = line.serverKey();
      if (!line.isOpen() || server == null || keyRequests.isFull()) {
        keyRequests.giveUp(answer);
      } else {
        keyRequests.asked(answer);
        line.send(frame.apply(server), counter -> keyRequests.sent(counter, answer));
      }
      return true;
    });
    return answer;
  }

  // Writing.

  CompletionStage<SignedOutcome> write(EntityKey key, Action action, JsonObject data) {
    CompletableFuture<SignedOutcome> answer = new CompletableFuture<>();
    ask(() -> {
      QueuedWrite queued = copy.enqueue(key, action, data);
      answers.put(queued.key().text(), answer);
      telling.changed(Set.of(key));
      sendQueued();
      return true;
    });
    return answer;
  }

  private WriteKey freshKey() {
    byte[] bytes = new byte[KEY_BYTES];
    threads.random().nextBytes(bytes);
    return new WriteKey(HexFormat.of().formatHex(bytes));
  }

  /// Sends what may be sent: in order, one write of an entity at a time. Nothing leaves before the
  /// `resume` is answered: a frame that the server cannot read is the `resume` until then, and a
  /// write from then on.
  private void sendQueued() {
    if (!line.isOpen()
        || pausing
        || resume.isUnanswered()
        || leaving.size() + underWay.size() > UNDER_WAY_MAX / 2) {
      return;
    }
    Set<EntityKey> busy = new HashSet<>();
    Set<Long> sent = new HashSet<>();
    for (Map<Long, QueuedWrite> some : List.of(leaving, underWay)) {
      some.values()
          .forEach(write -> {
            busy.add(write.entity());
            sent.add(write.number());
          });
    }
    for (QueuedWrite write : copy.pending()) {
      if (sent.size() >= (oneByOne ? 1 : UNDER_WAY_MAX)) {
        return;
      }
      boolean waits = write.isAccepted() || sent.contains(write.number());
      if (!waits && busy.add(write.entity())) {
        sent.add(write.number());
        send(write);
      }
    }
    if (sent.isEmpty()) { // all went through after all
      oneByOne = false;
      suspect = -1;
    }
  }

  private void send(QueuedWrite write) {
    leaving.put(write.number(), write);
    line.send(
        JsonObject.EMPTY.with("type", "sync").with("payload", SignedItems.payload(write).json()),
        counter -> {
          if (leaving.remove(write.number()) != null) {
            underWay.put(counter, write);
          }
        });
  }

  /// What the lost line was told is told again by the next one.
  private void forgetUnderWay() {
    leaving.clear();
    underWay.clear();
  }

  // Answers.

  private void answered(JsonObject frame) {
    long re = frame.number("re").orElse(0);
    if (concernsLine(frame, re)) {
      line.beginAnew(reason(frame)); // what it was about stays in the queue
      return;
    }
    boolean isUnread = isError(frame) && UNREAD.contains(frame.string("code").orElse(""));
    if (re == 0 && isUnread && !resume.isRefusedBy(frame)) {
      unread(frame);
      return;
    }
    QueuedWrite write = underWay.remove(re);
    if (write == null) {
      if (!keyRequests.heard(frame) && isError(frame)) {
        heardError(frame);
      }
      return;
    }
    switch (frame.string("type").orElse("")) {
      case "accepted" ->
          accepted(
              write, frame.number("version").orElseThrow(), frame.number("sync_id").orElseThrow());
      case "conflict" -> {
        if (frame.get("message") == null) {
          conflict(write, frame);
        } else {
          staleMessage(write, frame);
        }
      }
      default -> refused(write, frame);
    }
    sendQueued();
  }

  /// A no to no write: a `resume` that can go well later is asked again, and any other one would be
  /// refused for ever. After some the server closes the line; then the next one is another case.
  private void heardError(JsonObject error) {
    String code = error.string("code").orElse("");
    String detail = error.string("detail").orElse("");
    if (code.equals("too_many_subscriptions")) {
      partial(detail);
    } else if (resume.isRefusedBy(error) && !closes(code)) {
      if (TRANSIENT.contains(code)) {
        later(error, this::resume);
      } else {
        line.giveUp("resume is refused: " + code + ", " + detail);
      }
    }
  }

  private static boolean closes(String code) {
    return SignedFault.ofCode(code).filter(fault -> fault.closeCode() != 0).isPresent();
  }

  private void partial(String why) {
    resume.noRoom();
    LOG.warn("this device does not hold all that its principal may read: {}", why);
  }

  /// Whether the answer to a write, or to `resume`, is about how or when it was said.
  private boolean concernsLine(JsonObject frame, long re) {
    return isError(frame)
        && (underWay.containsKey(re) || resume.isAskedBy(re))
        && frame
            .string("code")
            .flatMap(SignedFault::ofCode)
            .filter(SignedFault::isAboutLine)
            .isPresent();
  }

  private static boolean isError(JsonObject frame) {
    return frame.string("type").filter("error"::equals).isPresent();
  }

  private static String reason(JsonObject frame) {
    return frame.string("code").orElse("") + ": " + frame.string("detail").orElse("");
  }

  /// A frame of ours was not read, and nothing says which: from now on writes go one by one, until
  /// one was twice the only one under way. That one is refused, or all behind it would wait for
  /// ever.
  private void unread(JsonObject frame) {
    List<QueuedWrite> suspects = new ArrayList<>(leaving.values());
    suspects.addAll(underWay.values());
    QueuedWrite alone = suspects.size() == 1 ? suspects.getFirst() : null;
    if (alone != null && alone.number() == suspect) {
      suspect = -1;
      oneByOne = false;
      forgetUnderWay();
      refused(alone, frame);
      sendQueued();
      return;
    }
    suspect = alone == null ? -1 : alone.number();
    oneByOne = true;
    line.beginAnew(reason(frame));
  }

  private void accepted(QueuedWrite write, long version, long syncId) {
    line.taken();
    copy.accepted(write, version, syncId);
    answer(write.key().text(), new SignedOutcome.Accepted(version, syncId));
  }

  /// The write itself is not stale, a message that its data names with a version is: that one is
  /// the caller's to settle.
  private void staleMessage(QueuedWrite write, JsonObject frame) {
    String message = frame.string("message").orElse("");
    refused(
        write,
        frame
            .with("code", "conflict")
            .with("detail", "the message " + message + " has another version by now"));
  }

  private void conflict(QueuedWrite write, JsonObject frame) {
    line.taken();
    EntityKey key = write.entity();
    KnownEntity current =
        frame.get("current") instanceof JsonObject item && item.get("version") != null
            ? SignedItems.known(key.scope(), item)
            : null;
    Conflict conflict =
        SignedItems.conflict(
            write,
            current == null ? null : current.data(),
            current == null ? 0 : current.version());
    SignedOutcome outcome = copy.settle(write, current, conflict, resolve(conflict));
    telling.changed(Set.of(key));
    if (outcome instanceof SignedOutcome.Merged(String next)) {
      CompletableFuture<SignedOutcome> waiting = answers.remove(write.key().text());
      if (waiting != null) {
        answers.put(next, waiting); // who waits for the old one hears of the new one
      }
    } else {
      answer(write.key().text(), outcome);
    }
  }

  /// What takes the place of mine; theirs is kept when the rule throws, or writes what no write can
  /// hold.
  private Resolution resolve(Conflict conflict) {
    try {
      Resolution resolution = resolution(conflict);
      if (resolution instanceof Resolution.Rewrite(Action action, JsonObject data)) {
        EntityKey entity = conflict.write().entity();
        var fits = new Draft(entity, action, data, null, conflict.theirVersion());
        LOG.debug("a conflict becomes {}", fits.action());
      }
      return resolution;
    } catch (Throwable failure) {
      UserCode.rethrowIfFatal(failure);
      LOG.warn("the conflict rule failed, theirs is kept", failure);
      return conflict.keepTheirs();
    }
  }

  /// Fields that only one side changed need nobody; the rest is the application's.
  private Resolution resolution(Conflict conflict) {
    JsonObject merged = conflict.merged();
    boolean bothLive = conflict.mine() != null && conflict.theirs() != null;
    return merged != null && bothLive && conflict.clashes().isEmpty()
        ? conflict.become(merged)
        : settings.conflictRule().resolve(conflict);
  }

  private void refused(QueuedWrite write, JsonObject frame) {
    String code = frame.string("code").orElse("");
    if (TRANSIENT.contains(code)) {
      sendLater(frame);
      return;
    }
    line.taken();
    copy.drop(write);
    telling.changed(Set.of(write.entity()));
    answer(
        write.key().text(), new SignedOutcome.Refused(code, frame.string("detail").orElse(null)));
  }

  /// Nothing is sent until the server wants to be asked again; the write that it would not have now
  /// would be sent at once otherwise.
  private void sendLater(JsonObject frame) {
    if (!pausing) {
      pausing = true;
      later(
          frame,
          () -> {
            pausing = false;
            sendQueued();
          });
    }
  }

  private void later(JsonObject frame, Runnable task) {
    runAfter(frame.number("retry_after_ms").orElse(1_000), task);
  }

  private void answer(String key, SignedOutcome outcome) {
    CompletableFuture<SignedOutcome> waiting = answers.remove(key);
    if (waiting != null) {
      telling.answer(waiting, outcome);
    }
  }

  // The end.

  boolean settle(Duration timeout) {
    CompletableFuture<Boolean> settled = new CompletableFuture<>();
    run(() -> settling.add(settled));
    try {
      var unused =
          CompletableFuture.anyOf(settled, over).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return settled.getNow(false);
    } catch (TimeoutException late) {
      settled.complete(false);
      return false;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private boolean isSettled() {
    return line.isOpen()
        && resume.isLive()
        && !resume.isPartial()
        && leaving.isEmpty()
        && underWay.isEmpty()
        && copy.pending().isEmpty();
  }

  void close() {
    if (closed.get()) {
      return;
    }
    ask(() -> {
      closed.set(true);
      keyRequests.lost();
      line.close();
      return true;
    });
    over.complete(true);
    thread.shutdown(); // whoever asks meanwhile is told that it is closed
    telling.close();
  }
}
