/// Documents without a server: how much processor time and memory the CRDT takes, beside npm yjs.
@NullMarked
package dev.anabranch.bench.document;

import org.jspecify.annotations.NullMarked;
