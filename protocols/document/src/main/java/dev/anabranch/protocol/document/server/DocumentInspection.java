package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.UpdateInspection;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import dev.anabranch.kernel.commit.MergeInspection;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.store.Effects;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Inspects updates of documents inside the commit, whatever way they came in: a scope's push has
/// no other gate. Editors' sessions and requests are asked before too, one update at a time.
///
/// It stands between the kernel, which asks it, and the gateway, which tells it how large documents
/// are: it is made before both.
public final class DocumentInspection implements MergeInspection {
  private final DocumentPolicy policy;
  private final DocumentObserver observer;
  private final ClientIds clientIds;
  private final DocumentSizes sizes;
  private final Map<Place, Asked> undecided = new HashMap<>();

  /// Where an update stands: the document's version with it.
  private record Place(EntityKey document, long version) {}

  /// An update that was accepted, as long as it is not known to be on disk.
  @SuppressWarnings("ArrayRecordComponent")
  private record Asked(long[] clients, boolean foreign) {}

  /// An inspection by a policy.
  public DocumentInspection(DocumentPolicy policy, DocumentObserver observer) {
    this.policy = policy;
    this.observer = observer;
    this.clientIds = new ClientIds(policy.limits().clientIdsMax());
    this.sizes = new DocumentSizes(policy.limits());
  }

  DocumentPolicy policy() {
    return policy;
  }

  DocumentObserver observer() {
    return observer;
  }

  ClientIds clientIds() {
    return clientIds;
  }

  DocumentSizes sizes() {
    return sizes;
  }

  @Override
  public void begins() {
    sizes.forgetUndecided();
    clientIds.forgetUndecided();
    undecided.clear();
  }

  @Override
  public Optional<Fault> refuses(Caller caller, Write merge, @Nullable Entity current) {
    Bytes body = Objects.requireNonNull(merge.body(), "a rule accepts no merge without a body");
    UpdateInspection update = Updates.inspect(new UpdateV1(body.toArray()));
    EntityKey document = merge.entity();
    long[] clients = clientsOf(update);
    int foreign = clientIds.foreignTo(caller.principal(), document, clients);
    Optional<Refusal> taken = policy.acceptsForeign(foreign);
    if (taken.isPresent()) {
      observer.foreign();
      return taken.map(refusal -> new Fault(FaultCode.DEVICE_TAKEN, refusal.detail()));
    }
    long version = current == null ? 0 : current.version();
    boolean fresh = current == null || current.deleted();
    Optional<Fault> full =
        sizes.refuses(document, version, fresh, update.blocks().isEmpty(), body.size());
    if (full.isEmpty()) {
      clientIds.asks(caller.principal(), document, clients);
      undecided.put(new Place(document, version + 1), new Asked(clients, foreign > 0));
    }
    return full;
  }

  @Override
  public void durable(Effects effects) {
    for (Effects.Logged logged : effects.logged()) {
      Change change = logged.change();
      Bytes body = change.body();
      if (change.action() == Action.MERGE && body != null) {
        sizes.grew(change.entity(), change.version(), body.size());
        Asked asked = undecided.get(new Place(change.entity(), change.version()));
        if (asked != null) {
          clientIds.uses(change.author(), change.entity(), asked.clients());
          if (asked.foreign()) {
            observer.foreign();
          }
        }
      }
    }
    begins();
  }

  /// The clients whose blocks an update brings.
  static long[] clientsOf(UpdateInspection update) {
    return update.blocks().stream().mapToLong(block -> block.id().client()).distinct().toArray();
  }
}
