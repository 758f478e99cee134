/// Nostr without a socket: events, keys, filters, messages, encryption and reconciliation.
///
/// Pure: no input or output, no thread, no clock, no chance; times and random numbers are
/// parameters. What a relay does with it stands in `protocols/nostr`. Sources: the NIPs by number,
/// BIP-340.
@NullMarked
package dev.anabranch.nostr;

import org.jspecify.annotations.NullMarked;
