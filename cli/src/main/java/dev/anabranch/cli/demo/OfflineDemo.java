package dev.anabranch.cli.demo;

import static dev.anabranch.client.Fields.fields;

import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Output.Colour;
import dev.anabranch.client.Anabranch;
import dev.anabranch.client.ClientSettings;
import dev.anabranch.client.Scope;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.session.ConflictRule;
import dev.anabranch.client.session.LineState;
import dev.anabranch.client.session.SessionLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Two devices side by side, told step by step; nothing is drawn twice.
///
/// It is told in beats, so that it takes its time whatever the machine: who works longer rests
/// shorter, but never too short to read.
final class OfflineDemo implements AutoCloseable {

  private static final String SCOPE = "org:demo";
  private static final String MODEL = "Note";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int COLUMN = 38;
  private static final SessionLimits LIMITS =
      new SessionLimits(1_000, 500, 256 * 1024, 4, 100, 1_000, 20_000, 45_000);

  private final ServerProcess server;
  private final Output output;
  private final long beatMillis;
  private final long beginNanos = System.nanoTime();
  private long beats;
  private final Anabranch phone;
  private final Anabranch laptop;
  private final Scope onPhone;
  private final Scope onLaptop;

  OfflineDemo(ServerProcess server, Path folder, Output output, long beatMillis) {
    this.server = server;
    this.output = output;
    this.beatMillis = beatMillis;
    this.phone = open(folder.resolve("phone.db"));
    this.laptop = open(folder.resolve("laptop.db"));
    this.onPhone = phone.scope(SCOPE);
    this.onLaptop = laptop.scope(SCOPE);
  }

  private Anabranch open(Path replica) {
    return Anabranch.open(
        ClientSettings.of(server.url())
            .withLimits(LIMITS)
            .withConflictRule(ConflictRule.MERGE_FIELDS),
        replica);
  }

  /// Plays it.
  ///
  /// @return whether both hold the same at the end
  boolean run() throws InterruptedException {
    output.line("Two devices share the scope " + SCOPE + " of a server on " + server.url() + ".");
    rest();
    begin();
    part();
    meet();
    crash();
    boolean same = contents(onPhone).equals(contents(onLaptop));
    say(
        same
            ? "Both hold the same, and every change counts once."
            : "They differ: this must not happen.");
    return same;
  }

  private void begin() throws InterruptedException {
    say("1. The phone writes a note; the laptop sees it at once.");
    onPhone.put(MODEL, "party", fields("title", "Party", "food", "cake", "guests", 10));
    rest();
    show();
  }

  private void part() throws InterruptedException {
    say("2. The phone goes offline – a tunnel. Both go on writing.");
    phone.goOffline();
    EntityView seen = onPhone.get(MODEL, "party").orElseThrow();
    onPhone.patch(seen, fields("food", "cake and soup"));
    onPhone.put(MODEL, "music", fields("title", "Songs to play"));
    onLaptop.patch(MODEL, "party", fields("guests", 25));
    onLaptop.put(MODEL, "lamps", fields("title", "Borrow lamps"));
    awaitQuiet(laptop);
    show();
  }

  private void meet() throws InterruptedException {
    say(
        "3. The phone is back. It had changed the food of a note whose guests had changed\n"
            + "   meanwhile: its write finds the conflict, and the fields are merged.");
    phone.goOnline();
    rest();
    show();
  }

  private void crash() throws InterruptedException {
    say("4. The server is killed with -9 while both write, and started again.");
    for (int number = 1; number <= 10; number++) {
      onPhone.put(MODEL, "count", fields("title", "Counted to " + number));
      onLaptop.put(MODEL, "other", fields("title", "Counted to " + number * 10));
      if (number == 5) {
        server.killAndStart();
      }
    }
    rest();
    show();
  }

  /// Until every write is applied and both have seen all of them.
  private void rest() throws InterruptedException {
    awaitQuiet(phone);
    awaitQuiet(laptop);
    long last = Math.max(onPhone.syncId(), onLaptop.syncId());
    if (!onPhone.awaitSyncId(last, PATIENCE) || !onLaptop.awaitSyncId(last, PATIENCE)) {
      throw new IllegalStateException("a client does not see change " + last);
    }
  }

  private static void awaitQuiet(Anabranch client) throws InterruptedException {
    if (!client.awaitQuiet(PATIENCE)) {
      throw new IllegalStateException("a client does not come to rest: " + client.status());
    }
  }

  private void say(String text) throws InterruptedException {
    output.line("");
    output.line(text);
    pause();
  }

  private void pause() throws InterruptedException {
    if (beatMillis > 0) {
      long passedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNanos);
      long left = Math.max(beatMillis / 2, ++beats * beatMillis - passedMillis);
      // Nothing ever counts it down: this is a wait that ends early only with the program.
      boolean early = new CountDownLatch(1).await(left, TimeUnit.MILLISECONDS);
      assert !early;
    }
  }

  private void show() throws InterruptedException {
    output.line("");
    row("phone · " + state(phone), "laptop · " + state(laptop), Colour.CYAN);
    List<String> left = contents(onPhone);
    List<String> right = contents(onLaptop);
    for (int line = 0; line < Math.max(left.size(), right.size()); line++) {
      row(
          line < left.size() ? left.get(line) : "",
          line < right.size() ? right.get(line) : "",
          Colour.FAINT);
    }
    pause();
  }

  private void row(String left, String right, Colour colour) {
    String padded = left + " ".repeat(Math.max(1, COLUMN - left.length()));
    output.line("   " + output.in(colour, padded) + output.in(colour, right));
  }

  private static String state(Anabranch client) {
    int pending = client.status().pending();
    String line = client.status().line() == LineState.CONNECTED ? "online" : "offline";
    return pending == 0 ? line : line + ", " + pending + " queued";
  }

  private static List<String> contents(Scope scope) {
    List<String> lines = new ArrayList<>();
    for (EntityView note : scope.list(MODEL)) {
      StringBuilder line = new StringBuilder(note.string("title").orElse(""));
      note.string("food").ifPresent(food -> line.append(": ").append(food));
      note.number("guests").ifPresent(guests -> line.append(", ").append(guests).append(" guests"));
      lines.add(line.toString());
    }
    return lines;
  }

  @Override
  public void close() {
    phone.close();
    laptop.close();
  }
}
