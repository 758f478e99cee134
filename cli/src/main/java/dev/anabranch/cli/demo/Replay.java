package dev.anabranch.cli.demo;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.client.Anabranch;
import dev.anabranch.client.ClientSettings;
import dev.anabranch.client.ClientThreads;
import dev.anabranch.client.OwnDialer;
import dev.anabranch.client.Scope;
import dev.anabranch.client.replica.SqliteReplica;
import dev.anabranch.client.session.SessionLimits;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.server.Stores;
import dev.anabranch.server.configuration.ConfigurationSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// Replays a recorded history of file changes through a real server process with one real client
/// for each device, and compares what everybody holds at the end.
///
/// Every client writes its own device's changes in their order. Changes of one file keep the order
/// of the history, whoever made them; everything else runs at the same time. Every client goes
/// offline for random stretches, so that its changes queue up and arrive late; the server is killed
/// with −9 on the way and started again.
final class Replay implements AutoCloseable {

  static final String SCOPE = "repo:replay";
  static final String MODEL = "CodeChange";

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final SessionLimits LIMITS =
      new SessionLimits(100_000, 500, 256 * 1024, 4, 100, 2_000, 20_000, 45_000);

  private final Settings settings;
  private final List<FileChange> changes;
  private final Consumer<String> remarks;
  private final History history;
  private final ServerProcess server;
  private final OwnDialer dialer = OwnDialer.create();
  private final Map<String, Anabranch> clients = new TreeMap<>();

  /// How it is replayed.
  ///
  /// @param folder for everything that is written
  /// @param database a PostgreSQL address; empty = SQLite
  /// @param kills how often the server is killed
  /// @param seed decides over stretches and batches
  record Settings(Path folder, Optional<String> database, int kills, long seed) {}

  /// What somebody holds.
  record Holding(String who, int files, String digest) {}

  /// What came of it.
  ///
  /// @param expected what the history leaves when it is read line by line
  /// @param held what everybody holds
  record Findings(Holding expected, List<Holding> held) {

    boolean agree() {
      return held.stream()
          .allMatch(
              one -> one.files() == expected.files() && one.digest().equals(expected.digest()));
    }
  }

  /// Starts the server and the clients.
  ///
  /// @param progress is told how many changes were applied
  /// @param remarks is told what happens
  Replay(
      Settings settings,
      List<FileChange> changes,
      Consumer<Integer> progress,
      Consumer<String> remarks) {
    this.settings = settings;
    this.changes = changes;
    this.remarks = remarks;
    this.history = new History(changes, progress);
    this.server = new ServerProcess(settings.folder(), settings.database());
  }

  /// Replays all of it.
  Findings run() throws IOException, InterruptedException {
    Random random = new Random(settings.seed());
    HttpReader late = new HttpReader(server.url(), SCOPE);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        history.devices().forEach(device -> begin(device, threads, random));
        killOnTheWay(late);
        history.awaitAll();
      } catch (RuntimeException | IOException | InterruptedException broken) {
        history.giveUp(broken.toString());
        throw broken;
      }
    }
    return findings(late);
  }

  private void begin(String device, ExecutorService threads, Random random) {
    Anabranch client = open(device);
    clients.put(device, client);
    Scope scope = client.scope(SCOPE);
    Random ofWriter = new Random(random.nextLong());
    Random ofLine = new Random(random.nextLong());
    threads.execute(() -> history.write(device, scope, ofWriter));
    threads.execute(() -> wander(client, ofLine));
  }

  private Anabranch open(String device) {
    return Anabranch.open(
        ClientSettings.of(server.url()).withLimits(LIMITS),
        SqliteReplica.open(settings.folder().resolve(device + ".db"), new DeviceId(device)),
        new Borrowed(dialer),
        ClientThreads.ofTheSystem());
  }

  /// Online and offline in turns until everything is applied.
  private void wander(Anabranch client, Random random) {
    boolean done = history.isDoneWithin(random.nextLong(2_000));
    while (!done) {
      client.goOffline();
      done = history.isDoneWithin(100 + random.nextLong(900));
      client.goOnline();
      done = done || history.isDoneWithin(200 + random.nextLong(2_500));
    }
    client.goOnline();
  }

  private void killOnTheWay(HttpReader late) throws IOException, InterruptedException {
    for (int kill = 1; kill <= settings.kills(); kill++) {
      history.awaitApplied((int) ((long) changes.size() * kill / (settings.kills() + 1)));
      remarks.accept("server killed with -9 (" + kill + " of " + settings.kills() + ")");
      server.killAndStart();
      if (kill == 1) {
        late.bootstrap();
      }
    }
    if (settings.kills() == 0) {
      late.bootstrap();
    }
  }

  private Findings findings(HttpReader late) throws IOException, InterruptedException {
    List<Holding> held = new ArrayList<>();
    HttpReader fresh = new HttpReader(server.url(), SCOPE);
    fresh.bootstrap();
    for (Map.Entry<String, Anabranch> client : clients.entrySet()) {
      awaitEverything(client.getKey(), client.getValue(), fresh.cursor());
      held.add(holding("client " + client.getKey(), treeOf(client.getValue())));
    }
    held.add(holding("bootstrap over HTTP", fresh.tree()));
    late.catchUp();
    held.add(holding("bootstrap on the way, then delta", late.tree()));
    close();
    held.add(holding("the server's database", treeOfDatabase()));
    FileTree expected = FileTree.after(changes);
    return new Findings(holding("the history, read line by line", expected), held);
  }

  private static void awaitEverything(String who, Anabranch client, long head)
      throws InterruptedException {
    if (!client.awaitQuiet(PATIENCE) || !client.scope(SCOPE).awaitSyncId(head, PATIENCE)) {
      throw new CommandFailure(
          CommandFailure.NO, "the client " + who + " does not come to rest: " + client.status());
    }
  }

  private static Holding holding(String who, FileTree tree) {
    return new Holding(who, tree.size(), tree.digest());
  }

  private static FileTree treeOf(Anabranch client) {
    FileTree tree = new FileTree();
    client.scope(SCOPE).list(MODEL).forEach(file -> tree.put(file.id(), file.data()));
    return tree;
  }

  private FileTree treeOfDatabase() {
    FileTree tree = new FileTree();
    ConfigurationSource source =
        new ConfigurationSource()
            .flag("server.data", Optional.of(server.data()))
            .flag("database.url", settings.database());
    try (Store store = Stores.openExisting(source.read())) {
      SnapshotPage.Place next = null;
      do {
        SnapshotPage page = store.snapshot(new ScopeName(SCOPE), Set.of(), next, PageLimit.DEFAULT);
        for (Entity file : page.entities()) {
          tree.put(file.key().id().text(), file.data());
        }
        next = page.next();
      } while (next != null);
    }
    return tree;
  }

  @Override
  public void close() {
    clients.values().forEach(Anabranch::close);
    clients.clear();
    server.close();
    dialer.close();
  }
}
