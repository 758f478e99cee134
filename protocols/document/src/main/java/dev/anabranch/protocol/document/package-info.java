/// Documents: Yjs-compatible, over y-websocket, Hocuspocus and HTTP.
@NullMarked
package dev.anabranch.protocol.document;

import org.jspecify.annotations.NullMarked;
