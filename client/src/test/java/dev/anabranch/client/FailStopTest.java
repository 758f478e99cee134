package dev.anabranch.client;

import static dev.anabranch.client.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.client.replica.MemoryReplica;
import dev.anabranch.client.replica.ReplicaFailure;
import dev.anabranch.client.replica.ReplicaReading;
import dev.anabranch.client.replica.ReplicaStore;
import dev.anabranch.client.replica.ReplicaTransaction;
import dev.anabranch.client.session.LineState;
import dev.anabranch.kernel.log.DeviceId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// What a client does when its disk breaks: it stops, says why, and loses nothing that it had.
final class FailStopTest {

  private final MemoryReplica disk = new MemoryReplica(new DeviceId("phone"));
  private final BreakableDisk breakable = new BreakableDisk(disk);

  private static final class BreakableDisk implements ReplicaStore {
    private final ReplicaStore disk;
    private volatile boolean broken;

    private BreakableDisk(ReplicaStore disk) {
      this.disk = disk;
    }

    @Override
    public <T> T write(Function<ReplicaTransaction, T> work) {
      return disk.write(replica -> {
        T result = work.apply(replica);
        if (broken) {
          throw new ReplicaFailure("the disk is full");
        }
        return result;
      });
    }

    @Override
    public <T> T read(Function<ReplicaReading, T> work) {
      return disk.read(work);
    }

    @Override
    public void close() {
      disk.close();
    }
  }

  private Anabranch open() {
    return Anabranch.open(
        ClientSettings.of("http://127.0.0.1:1"),
        breakable,
        (dial, session) -> new CompletableFuture<>(), // a dial that never ends
        new ClientThreads(InstantSource.system(), System::nanoTime, new Random(1)));
  }

  @Test
  void aWriteThatCannotBePutOnDiskIsRefusedAndEveryLaterOneToo() throws Exception {
    try (Anabranch client = open()) {
      Scope notes = client.scope("org:demo");
      notes.put("Note", "kept", fields("title", "kept"));
      breakable.broken = true;

      assertThatThrownBy(() -> notes.put("Note", "lost", fields("title", "lost")))
          .isInstanceOf(ReplicaFailure.class)
          .hasMessage("the disk is full");
      breakable.broken = false;
      assertThatThrownBy(() -> notes.put("Note", "late", fields("title", "late")))
          .hasMessage("the disk is full");
      assertThat(client.awaitQuiet(Duration.ofSeconds(10))).isFalse();
      assertThat(notes.list("Note")).hasSize(1);
      assertThat(client.status().line()).isEqualTo(LineState.OFFLINE);
      assertThat(client.status().detail()).isEqualTo("the disk is full");
    }
  }

  @Test
  void theNextClientOnTheSameDiskGoesOn() {
    try (Anabranch client = open()) {
      Scope notes = client.scope("org:demo");
      notes.put("Note", "kept", fields("title", "kept"));
      breakable.broken = true;
      assertThatThrownBy(() -> notes.delete("Note", "kept")).isInstanceOf(ReplicaFailure.class);
    }
    breakable.broken = false;
    try (Anabranch client = open()) {
      Scope notes = client.scope("org:demo");
      notes.put("Note", "more", fields("title", "more"));

      assertThat(notes.list("Note")).hasSize(2);
    }
  }

  @Test
  void aClosedClientTakesNoMoreWrites() {
    Anabranch client = open();
    Scope notes = client.scope("org:demo");
    client.close();

    assertThatThrownBy(() -> notes.put("Note", "late", fields("title", "late")))
        .isInstanceOf(ReplicaFailure.class)
        .hasMessage("the client is closed");
  }

  @Test
  void aClosedClientSaysSoAtOnce() throws Exception {
    Anabranch client = open();
    Scope notes = client.scope("org:demo");
    notes.put("Note", "n1", fields("title", "Hello"));
    client.close();
    client.close();

    assertThatThrownBy(() -> notes.list("Note")).hasMessage("the client is closed");
    assertThatThrownBy(client::device).hasMessage("the client is closed");
    assertThatThrownBy(() -> client.forget("org:demo")).hasMessage("the client is closed");
    long before = System.nanoTime();
    assertThat(client.awaitQuiet(Duration.ofMinutes(5))).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMinutes(1));
    assertThat(client.status().line()).isEqualTo(LineState.OFFLINE);
    assertThat(client.status().detail()).isEqualTo("the client is closed");
  }
}
