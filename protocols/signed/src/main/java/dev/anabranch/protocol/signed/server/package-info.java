/// Signed entities as a server speaks them (seed 000).
///
/// The way in is link, [SignedGateway], codec, [SignedSession], [SignedPolicy], [SignedChanges],
/// kernel; the way out is kernel, [SignedSubscription], [SignedChanges], [SignedOutbox], link.
/// Signatures are checked and made on the threads of [SignedSeams], never on the link's loop; a
/// session's frames stay in order all the same, one at a time in each direction.
///
/// Limits are [SignedLimits]. Who a key is decides [Accounts]; the server's own key comes from
/// [ServerKey] when the first client connects, so that an installation without clients of this
/// protocol has none.
@NullMarked
package dev.anabranch.protocol.signed.server;

import org.jspecify.annotations.NullMarked;
