/// The messages of scope sync and their bytes, for servers and clients alike (seed 002).
///
/// A **client** holds a copy of one or more scopes. It *bootstraps* (all living entities of a scope
/// and the cursor they stand for), *catches up* (changes after a cursor), then *lives* (changes as
/// they are committed), and *pushes* writes. Over WebSocket the messages are [ScopeMessage], one
/// JSON object per text frame; over HTTP the bodies are those of [ScopeBodies].
///
/// Order: events of a scope arrive by `seq` without a hole; `pushed` answers come in the order of
/// the pushes; nothing is promised between scopes, nor between a `pushed` and the echo of its
/// changes. Faults are [ScopeFault]. Limits of a text are the decoder's
/// ([dev.anabranch.json.JsonLimits]).
///
/// Not here: who may do what, what is stored, when something is sent.
@NullMarked
package dev.anabranch.protocol.scope.wire;

import org.jspecify.annotations.NullMarked;
