/// Documents that merge: what several people change at once ends alike everywhere.
///
/// The algorithm and every byte are those of Yjs 13.6: updates in both formats, state vectors,
/// snapshots, relative positions. Pure: no clock, no thread, no input or output. A document belongs
/// to one thread at a time. Way in: [dev.anabranch.crdt.Document]; without a document:
/// [dev.anabranch.crdt.Updates].
@NullMarked
package dev.anabranch.crdt;

import org.jspecify.annotations.NullMarked;
