/// A device's whole behaviour as one pure step machine.
///
/// [dev.anabranch.client.session.ReplicaSession] is told what happened (a user wrote, a frame came,
/// a link broke, an alarm rang), changes the local copy inside the transaction that it is given,
/// and answers with [dev.anabranch.client.session.Effect]s: what the outside is to do once that
/// transaction is durable. It has no clock, no thread, no socket and no randomness of its own.
///
/// Laws, each with its test:
///
/// 1. A write has its key, its place and its copy on disk before anybody sees it.
/// 2. The writes of a device in a scope are sent, and so take effect, in the order they were made
///    (but for one case within a push, decision 0113).
/// 3. A write whose answer is no leaves the view and never blocks the next one (K9).
/// 4. After a kill at any moment nothing queued is lost and nothing takes effect twice (K2).
/// 5. Changes and the cursor behind them become durable together.
/// 6. The view never goes back: a write stays laid over until what the server told contains it.
/// 7. A hole in a scope's seqs is never applied across: the scope is followed again from its
///    cursor.
/// 8. A snapshot replaces a scope in one moment, under the writes that are still pending.
/// 9. What a server accepted and then lost is sent again under the same key.
/// 10. Nothing that a server says breaks a device; after it, an honest server sets it right.
/// 11. An edit of a document is in every copy at last, or was refused; copies that hold the same
///     edits are alike (K10), whatever was lost, doubled or told to start over on the way.
/// 12. A careful write has an effect only on what its user saw, and what a rule makes of it only on
///     what the rule was shown: nothing of others is overwritten that no conflict has shown. What
///     the rule makes takes the write's place.
/// 13. Everything that grows is bounded ([dev.anabranch.client.session.SessionLimits]).
@NullMarked
package dev.anabranch.client.session;

import org.jspecify.annotations.NullMarked;
