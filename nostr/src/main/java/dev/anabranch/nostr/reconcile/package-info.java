/// Range-based set reconciliation: two sides find out which events the other lacks (NIP-77,
/// negentropy protocol 1).
///
/// The relay answers with [dev.anabranch.nostr.reconcile.ReconcileAnswer], the client asks with
/// [dev.anabranch.nostr.reconcile.Reconciliation]; both over an immutable
/// [dev.anabranch.nostr.reconcile.RecordSet].
@NullMarked
package dev.anabranch.nostr.reconcile;

import org.jspecify.annotations.NullMarked;
