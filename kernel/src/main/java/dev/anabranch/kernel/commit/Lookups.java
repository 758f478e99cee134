package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.commit.Derivation.Derived;
import dev.anabranch.kernel.commit.Derivation.Originals;
import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Needs.DeviceName;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.StoreFailure;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Gathers what a batch will look up.
final class Lookups {

  private final Models models;
  private final Derivation derivation;
  private final Originals originals;
  private final Set<ScopeName> scopes = new HashSet<>();
  private final Set<Remembered.Name> keys = new HashSet<>();
  private final Set<EntityKey> entities = new HashSet<>();
  private final Set<DeviceName> devices = new HashSet<>();

  Lookups(Models models, Derivation derivation, Originals originals) {
    this.models = models;
    this.derivation = derivation;
    this.originals = originals;
  }

  void add(Commit call) {
    call.writes().forEach(write -> add(call.caller(), write));
  }

  /// All that was gathered.
  Needs needs() {
    return new Needs(scopes, keys, entities, devices);
  }

  private void add(Caller caller, Write write) {
    ScopeName scope = write.entity().scope();
    scopes.add(scope);
    keys.add(Sequencer.name(caller, write));
    entities.add(write.entity());
    entities.addAll(write.barredBy());
    devices.add(new DeviceName(scope, DeviceCount.deviceOf(caller, write)));
    if (!Admission.isVouched(caller, models.of(write.entity().model()), scope)
        && !caller.authority().ownsServer()) {
      addGrants(caller, scope);
      devices.add(new DeviceName(scope, DeviceId.assignedTo(caller.principal())));
    }
    models
        .consentOf(write.entity().model())
        .flatMap(consent -> consent.of(write))
        .ifPresent(entity -> addConsent(caller, entity));
    prospects(caller, write).forEach(derived -> add(derived.caller(), derived.write()));
  }

  /// An entity that must say yes, and that the caller must be allowed to read.
  private void addConsent(Caller caller, EntityKey entity) {
    scopes.add(entity.scope());
    entities.add(entity);
    addGrants(caller, entity.scope());
  }

  private void addGrants(Caller caller, ScopeName scope) {
    caller.names().forEach(name -> entities.add(EntityKey.grant(scope, name)));
    entities.add(EntityKey.grant(scope, Authorizer.ANYONE));
  }

  /// Nothing where the derivation breaks on a write: it breaks again when that is judged, and
  /// spoils that write alone.
  private List<Derived> prospects(Caller caller, Write write) {
    try {
      return derivation.prospects(caller, write, originals);
    } catch (StoreFailure edge) {
      throw edge;
    } catch (RuntimeException | StackOverflowError bug) {
      return List.of();
    }
  }
}
