package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Needs.DeviceName;
import dev.anabranch.kernel.store.Remembered;
import java.util.HashSet;
import java.util.Set;

/// Gathers what a batch will look up.
final class Lookups {

  private final Set<ScopeName> scopes = new HashSet<>();
  private final Set<Remembered.Name> keys = new HashSet<>();
  private final Set<EntityKey> entities = new HashSet<>();
  private final Set<DeviceName> devices = new HashSet<>();

  /// A write whose caller has the right by what it is.
  void addOwn(Caller caller, Write write) {
    ScopeName scope = write.entity().scope();
    scopes.add(scope);
    keys.add(Sequencer.name(caller, write));
    entities.add(write.entity());
    entities.addAll(write.barredBy());
    devices.add(new DeviceName(scope, Sequencer.deviceOf(caller, write)));
  }

  /// A write whose caller's grants are asked, unless it owns the server.
  void add(Caller caller, Write write) {
    addOwn(caller, write);
    if (!caller.authority().ownsServer()) {
      addGrants(caller, write.entity().scope());
      devices.add(new DeviceName(write.entity().scope(), DeviceId.assignedTo(caller.principal())));
    }
  }

  /// An entity that must say yes, and that the caller must be allowed to read.
  void addConsent(Caller caller, EntityKey entity) {
    scopes.add(entity.scope());
    entities.add(entity);
    addGrants(caller, entity.scope());
  }

  private void addGrants(Caller caller, ScopeName scope) {
    caller.names().forEach(name -> entities.add(EntityKey.grant(scope, name)));
    entities.add(EntityKey.grant(scope, Authorizer.ANYONE));
  }

  Needs needs() {
    return new Needs(scopes, keys, entities, devices);
  }
}
