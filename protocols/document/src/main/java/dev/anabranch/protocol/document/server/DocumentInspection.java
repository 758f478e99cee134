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
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.store.Effects;
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
  public Optional<Fault> refuses(Caller caller, Write merge, @Nullable Entity current) {
    Bytes body = Objects.requireNonNull(merge.body(), "a rule accepts no merge without a body");
    UpdateInspection update = Updates.inspect(new UpdateV1(body.toArray()));
    Optional<Fault> foreign = foreign(caller, merge, update);
    if (foreign.isPresent()) {
      return foreign;
    }
    boolean fresh = current == null || current.deleted();
    return sizes.refuses(merge.entity(), fresh, update.blocks().isEmpty(), body.size());
  }

  @Override
  public void durable(Effects effects) {
    sizes.batchEnds();
    for (Effects.Logged logged : effects.logged()) {
      Change change = logged.change();
      Bytes body = change.body();
      if (change.action() == Action.MERGE && body != null) {
        sizes.grew(change.entity(), body.size());
      }
    }
  }

  private Optional<Fault> foreign(Caller caller, Write merge, UpdateInspection update) {
    int extended =
        clientIds.usedBy(
            caller.principal(),
            merge.entity(),
            update.blocks().stream().mapToLong(block -> block.id().client()).distinct());
    if (extended > 0) {
      observer.foreign();
    }
    return policy
        .acceptsForeign(extended)
        .map(refusal -> new Fault(FaultCode.DEVICE_TAKEN, refusal.detail()));
  }
}
