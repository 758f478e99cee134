package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Holding;
import dev.anabranch.kernel.store.Loaded;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.ScopeHead;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A sequencer over plain maps, which throw when something is looked up that was not announced.
final class Desk {

  static final ScopeName SCOPE = new ScopeName("org:1");
  static final Caller OWNER = new Caller(new PrincipalId("owner"), Authority.OWNER, "test");

  final List<Change> log = new ArrayList<>();
  final Map<EntityKey, Entity> entities = new HashMap<>();
  final Map<Remembered.Name, Remembered> answers = new HashMap<>();
  final Map<Needs.DeviceName, DeviceState> devices = new HashMap<>();
  final Map<ScopeName, ScopeHead> heads = new HashMap<>();
  Effects lastEffects = new Effects(0, 0, List.of(), List.of(), List.of(), List.of(), List.of());
  final List<RuntimeException> bugs = new ArrayList<>();
  Map<PrincipalId, Holding> lastMoved = Map.of();
  Derivation.Originals originals = Derivation.Originals.NONE;
  long nowMillis = 1_700_000_000_000L;

  private final Sequencer sequencer;
  private long headId;
  private long headHlc;
  private int keys;

  Desk() {
    this(Models.none());
  }

  Desk(Models models) {
    this(models, MergeInspection.NONE, Derivation.NONE, Quota.NONE);
  }

  Desk(Models models, Derivation derivation) {
    this(models, MergeInspection.NONE, derivation, Quota.NONE);
  }

  Desk(Models models, MergeInspection inspection) {
    this(models, inspection, Derivation.NONE, Quota.NONE);
  }

  Desk(Models models, Derivation derivation, Quota quota) {
    this(models, MergeInspection.NONE, derivation, quota);
  }

  private Desk(Models models, MergeInspection inspection, Derivation derivation, Quota quota) {
    this.sequencer = new Sequencer(models, inspection, derivation, quota);
  }

  /// A caller whose rights are what the grants say, who may found scopes.
  static Caller founder(String principal) {
    Authority authority = new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, false);
    return new Caller(new PrincipalId(principal), authority, "test");
  }

  /// A caller whose rights are what the grants say.
  static Caller granted(String principal) {
    return new Caller(new PrincipalId(principal), Authority.GRANTED, "test");
  }

  static EntityKey note(String id) {
    return new EntityKey(SCOPE, new ModelName("note"), new EntityId(id));
  }

  static JsonObject text(String value) {
    return JsonObject.EMPTY.with("text", value);
  }

  /// An entity that is there.
  Entity entity(EntityKey key) {
    return Objects.requireNonNull(entities.get(key));
  }

  WriteKey key() {
    return new WriteKey("key" + keys++);
  }

  Write insert(String id) {
    return Write.insert(key(), note(id), text(id));
  }

  Write grant(String principal, String right) {
    return Write.insert(
        key(),
        EntityKey.grant(SCOPE, new PrincipalId(principal)),
        JsonObject.EMPTY.with("right", right));
  }

  List<List<Outcome>> batch(Commit... calls) {
    List<Commit> batch = List.of(calls);
    Needs needs = sequencer.lookups(batch, originals);
    Decision decision =
        sequencer.decide(new Checked(needs), originals, holdings(), batch, nowMillis);
    keep(decision.effects());
    bugs.addAll(decision.bugs());
    lastMoved = decision.moved();
    return decision.outcomes();
  }

  List<Outcome> call(boolean atomic, Write... writes) {
    return batch(new Commit(OWNER, List.of(writes), atomic)).getFirst();
  }

  Outcome write(Write write) {
    return write(OWNER, write);
  }

  Outcome write(Caller caller, Write write) {
    return batch(Commit.of(caller, write)).getFirst().getFirst();
  }

  Outcome.Applied apply(Write write) {
    return applied(write(write));
  }

  static Outcome.Applied applied(Outcome outcome) {
    if (outcome instanceof Outcome.Applied applied) {
      return applied;
    }
    throw new AssertionError("not applied: " + outcome);
  }

  /// The code of a refusal; a refusal that was remembered counts too.
  static FaultCode refusal(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Refused(var fault) -> fault.code();
      case Outcome.Duplicate(Outcome first) -> refusal(first);
      case Outcome.Applied applied -> throw new AssertionError("not refused: " + applied);
      case Outcome.Conflict conflict -> throw new AssertionError("not refused: " + conflict);
    };
  }

  private void keep(Effects effects) {
    lastEffects = effects;
    headId = effects.headId();
    headHlc = effects.headHlc();
    for (Effects.Logged logged : effects.logged()) {
      Change change = logged.change();
      log.add(change);
      Remembered.Name name = new Remembered.Name(change.scope(), change.author(), change.key());
      Outcome first = new Outcome.Applied(change.id(), change.seq(), change.version(), null);
      answers.put(name, new Remembered(name, logged.hash(), first));
    }
    effects.erased().forEach(this::erase);
    effects.entities().forEach(entity -> entities.put(entity.key(), entity));
    effects.remembered().forEach(answer -> answers.put(answer.of(), answer));
    effects
        .devices()
        .forEach(
            device -> devices.put(new Needs.DeviceName(device.scope(), device.device()), device));
    effects.scopes().forEach(head -> heads.put(head.scope(), head));
  }

  private void erase(Effects.Erasure erasure) {
    log.replaceAll(change ->
        change.entity().equals(erasure.entity())
                && change.seq() <= erasure.seq()
                && erasure.isOf(change.author())
            ? change.blanked()
            : change);
  }

  /// What somebody has in the log.
  Holding held(String author) {
    return log.stream()
        .filter(change -> change.author().text().equals(author))
        .map(Holding::of)
        .reduce(Holding.NOTHING, Holding::plus);
  }

  private Holdings holdings() {
    return new Holdings() {
      @Override
      public Holding of(PrincipalId author) {
        return held(author.text());
      }

      @Override
      public Map<PrincipalId, Holding> trail(ScopeName scope, long seq) {
        Map<PrincipalId, Holding> held = new HashMap<>();
        long next = seq;
        for (Change change : log.reversed()) {
          if (change.scope().equals(scope) && change.seq() == next) {
            held.merge(change.author(), Holding.of(change), Holding::plus);
            next = change.prior();
          }
        }
        return held;
      }
    };
  }

  /// The maps, for exactly what was announced.
  private final class Checked implements Loaded {

    private final Needs needs;

    Checked(Needs needs) {
      this.needs = needs;
    }

    @Override
    public long headId() {
      return headId;
    }

    @Override
    public long headHlc() {
      return headHlc;
    }

    @Override
    public ScopeHead scope(ScopeName scope) {
      announced(needs.scopes().contains(scope), scope);
      return heads.getOrDefault(scope, ScopeHead.empty(scope));
    }

    @Override
    public @Nullable Remembered remembered(Remembered.Name name) {
      announced(needs.keys().contains(name), name);
      return answers.get(name);
    }

    @Override
    public @Nullable Entity entity(EntityKey key) {
      announced(needs.entities().contains(key), key);
      return entities.get(key);
    }

    @Override
    public @Nullable DeviceState device(Needs.DeviceName name) {
      announced(needs.devices().contains(name), name);
      return devices.get(name);
    }

    private static void announced(boolean was, Object what) {
      if (!was) {
        throw new AssertionError(what + " was looked up and not announced");
      }
    }
  }
}
