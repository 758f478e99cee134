/// The client's half of scope sync: one connection's subscriptions and pushes, without I/O.
///
/// [dev.anabranch.protocol.scope.client.ScopeConnection] turns what a client wants into messages
/// and messages into what a client must know. It trusts nobody: holes, repeats, frames of an ended
/// subscription and answers to nothing are sorted out here, so that whoever listens sees each
/// change of a scope once and in order, or is told that the connection is of no use.
@NullMarked
package dev.anabranch.protocol.scope.client;

import org.jspecify.annotations.NullMarked;
