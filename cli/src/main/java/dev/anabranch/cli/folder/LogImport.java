package dev.anabranch.cli.folder;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.kernel.commit.Sequencer;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Hlc;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Loaded;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Needs.DeviceName;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.Store;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Lays changes that were decided elsewhere into a store as they are: folds them, and keeps their
/// ids, seqs and keys. The one way into a log besides the sequencer's.
final class LogImport {

  private final Store store;
  private final Models models;

  LogImport(Store store, Models models) {
    this.store = store;
    this.models = models;
  }

  /// Adds changes in the order of their scopes' logs, in one transaction.
  void add(List<ExportedChange> exported) {
    if (!exported.isEmpty()) {
      List<ExportedChange> changes = List.copyOf(exported);
      store.commit(needs(changes), loaded -> effects(loaded, changes));
    }
  }

  private static Needs needs(List<ExportedChange> exported) {
    Set<ScopeName> scopes = new HashSet<>();
    Set<Remembered.Name> keys = new HashSet<>();
    Set<EntityKey> entities = new HashSet<>();
    for (ExportedChange each : exported) {
      Change change = each.logged().change();
      scopes.add(change.scope());
      keys.add(new Remembered.Name(change.scope(), change.author(), change.key()));
      entities.add(change.entity());
    }
    return new Needs(scopes, keys, entities, Set.of());
  }

  private Effects effects(Loaded loaded, List<ExportedChange> exported) {
    Map<EntityKey, Entity> entities = new LinkedHashMap<>();
    Map<DeviceName, DeviceState> devices = new LinkedHashMap<>();
    Map<ScopeName, ScopeHead> scopes = new LinkedHashMap<>();
    ImportedMarks marks = new ImportedMarks();
    long headId = loaded.headId();
    long headHlc = loaded.headHlc();
    for (ExportedChange each : exported) {
      Change change = each.logged().change();
      ScopeHead head = scopes.getOrDefault(change.scope(), loaded.scope(change.scope()));
      inOrder(head, change);
      scopes.put(change.scope(), new ScopeHead(change.scope(), change.seq(), change.id(), 0, 0));
      Entity before = entities.getOrDefault(change.entity(), loaded.entity(change.entity()));
      Model model = models.of(change.entity().model());
      entities.put(change.entity(), model.rule().fold(before, change));
      marks.add(model, before, change);
      DeviceState device =
          new DeviceState(
              change.scope(),
              change.cause().device(),
              change.author(),
              each.counted(),
              change.cause().base());
      devices.put(new DeviceName(change.scope(), device.device()), device);
      headId = Math.max(headId, change.id());
      headHlc =
          Math.max(headHlc, Hlc.clamp(change.hlc(), change.at(), Sequencer.HLC_AHEAD_MILLIS_MAX));
    }
    return new Effects(
        headId,
        headHlc,
        exported.stream().map(ExportedChange::logged).toList(),
        List.copyOf(entities.values()),
        List.of(),
        List.copyOf(devices.values()),
        List.copyOf(scopes.values()),
        marks.fresh(),
        marks.gone(),
        List.of());
  }

  private static void inOrder(ScopeHead head, Change change) {
    if (change.seq() != head.seq() + 1 || change.id() <= head.id()) {
      throw new CommandFailure(
          CommandFailure.MISUSED,
          "change "
              + change.id()
              + " of "
              + change.scope()
              + " has seq "
              + change.seq()
              + " after seq "
              + head.seq()
              + " and id "
              + head.id());
    }
  }
}
