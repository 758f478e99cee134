package dev.anabranch.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.SharedText;
import dev.anabranch.crdt.Snapshot;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.testkit.promise.K10ReplicasConverge;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// K10 on devices: three users edit one document on three devices that lose their lines, are killed
/// before and after a commit, are told to refetch, and whose server is put back to an older state.
final class DocumentLaws {

  private static final ScopeName SCOPE = new ScopeName("org:one");
  private static final EntityKey DOCUMENT =
      new EntityKey(SCOPE, new ModelName("document"), new EntityId("minutes"));
  private static final SessionLimits LIMITS =
      new SessionLimits(1_000, 4, 4_000, 4, 50, 500, 2_000, 5_000);
  private static final int STEPS = 220;

  @Property(tries = 200)
  void whateverHappensEveryStoredEditIsInEveryCopyAndAllCopiesAreAlike(@ForAll long seed) {
    History history = new History(seed, false);
    history.run();

    history.check();
  }

  @Property(tries = 100)
  void anEditThatAServerLostComesBackFromWhoeverHasIt(@ForAll long seed) {
    History history = new History(seed, true);
    history.run();

    history.check();
  }

  /// A device that had no cursor yet took a snapshot of a server that was put back for one that
  /// held its accepted edits.
  @Example
  void historiesInWhichAnEditWasLostOnce() {
    for (long seed : new long[] {-6, -3_010_498_989L}) {
      anEditThatAServerLostComesBackFromWhoeverHasIt(seed);
    }
  }

  private static final class History {
    private final Random random;
    private final boolean serverForgets;
    private final ToyServer server = new ToyServer();
    private final Map<SimulatedDevice, SimulatedEditor> editors = new LinkedHashMap<>();
    private final Set<String> stored = new HashSet<>();
    private final K10ReplicasConverge replicas = new K10ReplicasConverge();
    private final Document elsewhere;
    private int marks;
    private long now = 1_000;

    private History(long seed, boolean serverForgets) {
      this.random = new Random(seed);
      this.serverForgets = serverForgets;
      this.elsewhere = Document.create(DocumentOptions.forEditing(new Random(random.nextLong())));
      for (String name : List.of("ada", "bob", "cyd")) {
        SimulatedDevice device =
            new SimulatedDevice(
                name, server, ConflictRule.KEEP_THEIRS, LIMITS, new Random(random.nextLong()));
        device.step(session -> {
          session.follow(SCOPE);
          session.goOnline();
        });
        editors.put(device, new SimulatedEditor(device, DOCUMENT, new Random(random.nextLong())));
      }
    }

    private void run() {
      for (int step = 0; step < STEPS; step++) {
        step();
        if (step % 20 == 0) {
          holdOnTheWay();
        }
      }
      comeToRest();
    }

    private void step() {
      List<SimulatedDevice> devices = List.copyOf(editors.keySet());
      SimulatedDevice device = devices.get(random.nextInt(devices.size()));
      SimulatedEditor editor = Objects.requireNonNull(editors.get(device));
      now += random.nextInt(40);
      server.clock(now);
      switch (random.nextInt(40)) {
        case 0 -> cut(device);
        case 1 -> device.step(ReplicaSession::goOffline);
        case 2, 3 -> device.step(ReplicaSession::goOnline);
        case 4 -> server.refetch(SCOPE);
        case 5 -> server.turnAway(random);
        case 6 -> dieBefore(device, editor);
        case 7 -> dieAfter(device, editor);
        case 8 -> othersEdit();
        case 9 -> restore();
        case 10, 11 -> writeNote(device);
        case 12, 13, 14, 15, 16 -> edit(editor);
        case 17, 18, 19 -> dial(device);
        case 20, 21, 22, 23 -> device.tick(now);
        case 24, 25, 26, 27, 28, 29, 30, 31 -> device.deliverOut();
        default -> device.deliverIn();
      }
    }

    private static void cut(SimulatedDevice device) {
      if (device.hasLine()) {
        device.cut();
      }
    }

    private void dial(SimulatedDevice device) {
      if (device.isDialling()) {
        device.connect();
      }
    }

    private String mark() {
      marks++;
      return "mark" + marks;
    }

    /// Types or deletes somewhere, and leaves a mark by which it is known again.
    private void typing(Document document, String mark) {
      SharedText body = document.text("body");
      if (body.length() > 3 && random.nextInt(3) == 0) {
        body.delete(random.nextInt(body.length() - 2), 2);
      } else {
        body.insert(random.nextInt(body.length() + 1), mark.substring(3));
      }
      document.map("marks").put(mark, Any.of(true));
    }

    private void edit(SimulatedEditor editor) {
      String mark = mark();
      if (editor.edit(document -> typing(document, mark)) != null) {
        stored.add(mark);
      }
    }

    private void dieBefore(SimulatedDevice device, SimulatedEditor editor) {
      Bytes update = Objects.requireNonNull(editor.made(document -> typing(document, "never")));
      device.dieInStep(session -> session.write(Draft.merge(DOCUMENT, update)));
      editor.reopen();
    }

    private void dieAfter(SimulatedDevice device, SimulatedEditor editor) {
      String mark = mark();
      Bytes update = Objects.requireNonNull(editor.made(document -> typing(document, mark)));
      device.stepAndDie(session -> session.write(Draft.merge(DOCUMENT, update)));
      stored.add(mark);
      editor.reopen();
    }

    private void othersEdit() {
      String mark = mark();
      List<UpdateV1> made = new ArrayList<>();
      try (var listening = elsewhere.onUpdateV1(update -> made.add(update.update()))) {
        elsewhere.transact(listening, transaction -> typing(elsewhere, mark));
      }
      server.merge(DOCUMENT, Bytes.of(made.getFirst().bytes()));
      if (!serverForgets) {
        stored.add(mark);
      }
    }

    private void restore() {
      if (serverForgets) {
        server.loseTheLast(random.nextInt(4));
        editors.keySet().forEach(History::cut);
      }
    }

    private void writeNote(SimulatedDevice device) {
      device.write(
          Draft.put(ToyServer.key(SCOPE, "n"), JsonObject.EMPTY.with("n", random.nextInt(9))));
    }

    private void comeToRest() {
      server.takeAll();
      for (int round = 0; round < 200; round++) {
        now += 100;
        server.clock(now);
        for (SimulatedDevice device : editors.keySet()) {
          if (device.session().line() == LineState.OFFLINE) {
            device.step(ReplicaSession::goOnline);
          }
          device.tick(now);
          dial(device);
          device.settle();
        }
      }
    }

    private void check() {
      Document server = documentAtTheServer();
      Snapshot atTheServer = server.snapshot();
      hold("the server", server);
      Set<Long> clientIds = new HashSet<>();
      int openings = 0;
      for (SimulatedDevice device : editors.keySet()) {
        SimulatedEditor editor = Objects.requireNonNull(editors.get(device));
        editor.hear();
        assertThat(device.session().isQuiet()).as("quiet").isTrue();
        assertThat(editor.document().snapshot()).as("in memory").isEqualTo(atTheServer);
        assertThat(editor.document().map("marks").entries().keySet()).containsAll(stored);
        hold("a device", editor.document());
        String text = editor.text();
        editor.reopen();
        hold("a device's disk", editor.document());
        assertThat(editor.document().snapshot()).as("from disk").isEqualTo(atTheServer);
        assertThat(editor.text()).isEqualTo(text);
        clientIds.addAll(editor.clientIds);
        openings += editor.clientIds.size();
      }
      assertThat(clientIds).hasSize(openings);
      assertThat(replicas.broken()).isEmpty();
    }

    /// What a replica holds, and what it shows of that.
    private void hold(String name, Document document) {
      replicas.holds(
          name,
          document.snapshot(),
          List.of(document.text("body").text(), document.map("marks").entries()));
    }

    /// On the way, too, whoever holds the same shows the same.
    private void holdOnTheWay() {
      hold("the server on the way", documentAtTheServer());
      editors.values().forEach(editor -> hold("a device on the way", editor.document()));
    }

    private Document documentAtTheServer() {
      Document document = Document.create(DocumentOptions.forServing(new Random(1)));
      Bytes state = server.document(DOCUMENT);
      if (state != null) {
        document.apply(new UpdateV1(state.toArray()), null);
      }
      return document;
    }
  }
}
