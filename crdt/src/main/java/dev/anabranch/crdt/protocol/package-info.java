/// The messages by which copies of a document keep up with each other, as y-protocols writes them.
///
/// Encoding and states only: who is connected to whom, and who may do what, is a gateway's matter.
@NullMarked
package dev.anabranch.crdt.protocol;

import org.jspecify.annotations.NullMarked;
