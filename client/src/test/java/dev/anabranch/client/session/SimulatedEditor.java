package dev.anabranch.client.session;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.crdt.Document;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A user who has a document open on a simulated device.
final class SimulatedEditor {

  private final SimulatedDevice device;
  private final EntityKey key;
  private final RandomGenerator random;
  private LocalDocument local;
  private int heard;

  /// Under which client ids this user has edited, one for each opening.
  final List<Long> clientIds = new ArrayList<>();

  SimulatedEditor(SimulatedDevice device, EntityKey key, RandomGenerator random) {
    this.device = device;
    this.key = key;
    this.random = random;
    this.local = opened();
  }

  private LocalDocument opened() {
    AtomicReference<@Nullable OpenedState> state = new AtomicReference<>();
    device.step(session -> state.set(session.openDocument(key)));
    LocalDocument fresh = new LocalDocument(key, Objects.requireNonNull(state.get()), random);
    clientIds.add(fresh.document().clientId());
    heard = device.notices.size();
    return fresh;
  }

  /// The process ended: what was in memory is gone, and the document is opened anew.
  void reopen() {
    local = opened();
  }

  Document document() {
    return local.document();
  }

  /// Edits, and puts it on disk.
  ///
  /// @return the write; null = nothing changed, or the edition was given up and the edit with it
  @Nullable QueuedWrite edit(Consumer<Document> changes) {
    Bytes update = made(changes);
    AtomicReference<@Nullable QueuedWrite> queued = new AtomicReference<>();
    if (update != null) {
      device.step(session -> {
        if (session.edition(key) == local.edition()) {
          queued.set(session.write(Draft.merge(key, update)));
        }
      });
    }
    return queued.get();
  }

  /// What an edit makes, put nowhere.
  @Nullable Bytes made(Consumer<Document> changes) {
    hear();
    local.document().transact("user", transaction -> changes.accept(local.document()));
    return local.takeUnstored();
  }

  /// Takes in what the device told since the last time.
  void hear() {
    List<Notice> news = List.copyOf(device.notices.subList(heard, device.notices.size()));
    heard = device.notices.size();
    for (Notice notice : news) {
      if (notice instanceof Notice.DocumentChanged change && change.document().equals(key)) {
        if (change.edition() == local.edition()) {
          device.read(replica -> {
            local.refresh(replica);
            return true;
          });
        } else {
          reopen();
        }
      }
    }
  }

  String text() {
    hear();
    return local.document().text("body").text();
  }
}
