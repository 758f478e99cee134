package dev.anabranch.simulation;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineLimits;
import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.follow.Subscription;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.rule.DocumentRule;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Loaded;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.testkit.PassingKernel;
import dev.anabranch.testkit.SimulatedDisk;
import dev.anabranch.testkit.TestWriter;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Kernels broken on purpose, each in one way that real ones have been broken.
final class Saboteurs {

  private Saboteurs() {}

  /// Ids are taken before the commit: now and then a later batch is visible before an earlier one.
  static final Sabotage IDS_BEFORE_COMMIT =
      new Sabotage() {
        @Override
        public Store store(Store store, World world) {
          Set<Long> invisible = new HashSet<>();
          return new WitnessedStore(store, effects -> hide(effects, invisible, world)) {
            @Override
            public Reading read(ScopeName scope, long afterId, PageLimit limit) {
              return without(super.read(scope, afterId, limit), invisible);
            }
          };
        }
      };

  private static void hide(Effects effects, Set<Long> invisible, World world) {
    if (world.random.nextInt(3) == 0) {
      for (Effects.Logged logged : effects.logged()) {
        long id = logged.change().id();
        invisible.add(id);
        world.scheduler.afterMillis(world.random.nextLong(300), () -> invisible.remove(id));
      }
    }
  }

  private static Reading without(Reading reading, Set<Long> invisible) {
    if (!(reading instanceof Reading.Page page)) {
      return reading;
    }
    List<Change> visible =
        page.changes().stream().filter(change -> !invisible.contains(change.id())).toList();
    return new Reading.Page(page.afterSeq(), visible, page.head());
  }

  /// A follower is registered for live changes only after it has read the stored ones.
  static final Sabotage HOLE_BEFORE_LIVE =
      new Sabotage() {
        @Override
        public Kernel kernel(Kernel kernel, World world) {
          return new PassingKernel(kernel) {
            @Override
            public CompletionStage<Answer<Subscription>> follow(
                Caller caller, ScopeName scope, long afterId, Executor lane, Follower follower) {
              long live = atHead(kernel, scope, afterId);
              return super.follow(caller, scope, live, lane, follower);
            }
          };
        }
      };

  /// Where a follower ends up that read a moment ago and registers only now.
  private static long atHead(Kernel kernel, ScopeName scope, long afterId) {
    Store store = ((Engine) kernel).store();
    Reading reading = store.read(scope, afterId, new PageLimit(10_000, 1_000_000));
    boolean nearlyThere = reading instanceof Reading.Page page && page.changes().size() == 1;
    return nearlyThere ? store.head(scope).id() : afterId;
  }

  /// Writes are acknowledged before they are synced.
  static final Sabotage ACK_BEFORE_SYNC =
      new Sabotage() {
        @Override
        public SimulatedDisk disk(SimulatedDisk disk) {
          disk.lie();
          return disk;
        }
      };

  /// Keys are not looked up.
  static final Sabotage KEYS_FORGOTTEN =
      new Sabotage() {
        @Override
        public Store store(Store store, World world) {
          return new WitnessedStore(store, effects -> {}) {
            @Override
            public Effects commit(Needs needs, Function<Loaded, Effects> decide) {
              return super.commit(needs, loaded -> decide.apply(new Forgetful(loaded)));
            }
          };
        }
      };

  /// A revocation does not end a following.
  static final Sabotage REVOCATION_IGNORED =
      new Sabotage() {
        @Override
        public Kernel kernel(Kernel kernel, World world) {
          return new PassingKernel(kernel) {
            @Override
            public CompletionStage<Answer<Subscription>> follow(
                Caller caller, ScopeName scope, long afterId, Executor lane, Follower follower) {
              return super.follow(TestWriter.OWNER, scope, afterId, lane, follower);
            }
          };
        }
      };

  /// A write is applied whatever version it expected.
  static final Sabotage STALE_WRITES_WIN =
      new Sabotage() {
        @Override
        public Kernel kernel(Kernel kernel, World world) {
          return new PassingKernel(kernel) {
            @Override
            public CompletionStage<List<Outcome>> commit(Commit commit) {
              List<Write> blind = commit.writes().stream().map(Saboteurs::blind).toList();
              return super.commit(new Commit(commit.caller(), blind, commit.atomic()));
            }
          };
        }
      };

  private static Write blind(Write write) {
    return new Write(
        write.key(),
        write.entity(),
        write.action(),
        write.data(),
        write.body(),
        null,
        write.cause(),
        write.hlc(),
        write.proof());
  }

  /// Rights are not checked in the commit.
  static final Sabotage RIGHTS_UNCHECKED =
      new Sabotage() {
        @Override
        public Kernel kernel(Kernel kernel, World world) {
          return new PassingKernel(kernel) {
            @Override
            public CompletionStage<List<Outcome>> commit(Commit commit) {
              Caller caller = commit.caller();
              Caller trusted =
                  new Caller(caller.principal(), TestWriter.OWNER.authority(), caller.origin());
              return super.commit(new Commit(trusted, commit.writes(), commit.atomic()));
            }
          };
        }
      };

  /// A change and its entity are not written together: now and then an entity is left behind.
  static final Sabotage ENTITIES_LEFT_BEHIND =
      new Sabotage() {
        @Override
        public Store store(Store store, World world) {
          return new WitnessedStore(store, effects -> {}) {
            @Override
            public Effects commit(Needs needs, Function<Loaded, Effects> decide) {
              return super.commit(needs, loaded -> torn(decide.apply(loaded), world));
            }
          };
        }
      };

  private static Effects torn(Effects effects, World world) {
    boolean whole = effects.entities().isEmpty() || world.random.nextInt(20) > 0;
    return new Effects(
        effects.headId(),
        effects.headHlc(),
        effects.logged(),
        whole ? effects.entities() : effects.entities().subList(1, effects.entities().size()),
        effects.remembered(),
        effects.devices(),
        effects.scopes());
  }

  /// An atomic call is decided write by write.
  static final Sabotage ATOMIC_CALLS_TORN =
      new Sabotage() {
        @Override
        public Kernel kernel(Kernel kernel, World world) {
          return new PassingKernel(kernel) {
            @Override
            public CompletionStage<List<Outcome>> commit(Commit commit) {
              return super.commit(new Commit(commit.caller(), commit.writes(), false));
            }
          };
        }
      };

  /// A follower that was told to start over, or is slow, loses what came meanwhile.
  static final Sabotage SLOW_FOLLOWERS_LOSE =
      new Sabotage() {
        @Override
        public Kernel kernel(Kernel kernel, World world) {
          return new PassingKernel(kernel) {
            @Override
            public CompletionStage<Answer<Subscription>> follow(
                Caller caller, ScopeName scope, long afterId, Executor lane, Follower follower) {
              return super.follow(caller, scope, afterId, lane, new DroppingFollower(follower));
            }
          };
        }
      };

  /// Followers get updates of documents that lost their end.
  static final Sabotage UPDATES_CUT =
      new Sabotage() {
        @Override
        public Kernel kernel(Kernel kernel, World world) {
          return new PassingKernel(kernel) {
            @Override
            public CompletionStage<Answer<Subscription>> follow(
                Caller caller, ScopeName scope, long afterId, Executor lane, Follower follower) {
              return super.follow(caller, scope, afterId, lane, new CuttingFollower(follower));
            }
          };
        }
      };

  /// Snapshots show documents that lost the end of their state.
  static final Sabotage SNAPSHOTS_CUT =
      new Sabotage() {
        @Override
        public Kernel kernel(Kernel kernel, World world) {
          return new PassingKernel(kernel) {
            @Override
            public CompletionStage<Answer<SnapshotPage>> snapshot(
                Caller caller,
                ScopeName scope,
                Set<ModelName> models,
                SnapshotPage.@Nullable Place after,
                PageLimit limit) {
              return super.snapshot(caller, scope, models, after, limit).thenApply(Saboteurs::cut);
            }
          };
        }
      };

  private static Answer<SnapshotPage> cut(Answer<SnapshotPage> answer) {
    return answer instanceof Answer.Given<SnapshotPage>(SnapshotPage page)
        ? new Answer.Given<>(
            new SnapshotPage(page.entities().stream().map(Saboteurs::cut).toList(), page.next()))
        : answer;
  }

  private static Entity cut(Entity entity) {
    Bytes body = entity.body();
    return body == null || body.size() < 2
        ? entity
        : DocumentRule.withBody(entity, Bytes.of(Arrays.copyOf(body.toArray(), body.size() - 1)));
  }

  /// What stands behind a call that was turned away is taken.
  static final Sabotage CHAINS_BROKEN =
      new Sabotage() {
        @Override
        public Kernel kernel(Kernel kernel, World world) {
          return new PassingKernel(kernel) {
            @Override
            public CompletionStage<List<Outcome>> commit(Commit commit) {
              return super.commit(new Commit(commit.caller(), commit.writes(), commit.atomic()));
            }
          };
        }
      };

  /// Originals lose their last byte on their way to the disk.
  static final Sabotage PROOFS_CUT =
      new Sabotage() {
        @Override
        public Store store(Store store, World world) {
          return new WitnessedStore(store, effects -> {}) {
            @Override
            public Effects commit(Needs needs, Function<Loaded, Effects> decide) {
              return super.commit(needs, loaded -> withoutLastBytes(decide.apply(loaded)));
            }
          };
        }
      };

  private static Effects withoutLastBytes(Effects effects) {
    return new Effects(
        effects.headId(),
        effects.headHlc(),
        effects.logged().stream()
            .map(logged -> new Effects.Logged(withoutLastByte(logged.change()), logged.hash()))
            .toList(),
        effects.entities(),
        effects.remembered(),
        effects.devices(),
        effects.scopes());
  }

  private static Change withoutLastByte(Change change) {
    Bytes proof = change.proof();
    return proof == null || proof.size() < 2
        ? change
        : new Change(
            change.id(),
            change.seq(),
            change.entity(),
            change.action(),
            change.version(),
            change.data(),
            change.body(),
            change.key(),
            change.author(),
            change.cause(),
            change.hlc(),
            change.prior(),
            Bytes.of(Arrays.copyOf(proof.toArray(), proof.size() - 1)),
            change.origin(),
            change.at(),
            change.erased());
  }

  /// A device goes on before its disk has what it wrote down.
  static final Sabotage DEVICES_GO_ON_BEFORE_SYNC =
      new Sabotage() {
        @Override
        public SimulatedDisk deviceDisk(SimulatedDisk disk) {
          disk.lie();
          return disk;
        }
      };

  /// The engine has no limits.
  static final Sabotage NO_BOUNDS =
      new Sabotage() {
        @Override
        public EngineLimits limits(EngineLimits limits) {
          return EngineLimits.DEFAULT;
        }
      };

  /// Nobody asks a follower whether it is ready.
  static final Sabotage READINESS_IGNORED =
      new Sabotage() {
        @Override
        public Kernel kernel(Kernel kernel, World world) {
          return new PassingKernel(kernel) {
            @Override
            public CompletionStage<Answer<Subscription>> follow(
                Caller caller, ScopeName scope, long afterId, Executor lane, Follower follower) {
              return super.follow(caller, scope, afterId, lane, new HastyFollower(follower));
            }
          };
        }
      };

  /// The loaded state without the keys' answers.
  private record Forgetful(Loaded loaded) implements Loaded {
    @Override
    public long headId() {
      return loaded.headId();
    }

    @Override
    public long headHlc() {
      return loaded.headHlc();
    }

    @Override
    public ScopeHead scope(ScopeName scope) {
      return loaded.scope(scope);
    }

    @Override
    public @Nullable Remembered remembered(Remembered.Name name) {
      return null;
    }

    @Override
    public @Nullable Entity entity(EntityKey key) {
      return loaded.entity(key);
    }

    @Override
    public @Nullable DeviceState device(Needs.DeviceName name) {
      return loaded.device(name);
    }
  }
}
