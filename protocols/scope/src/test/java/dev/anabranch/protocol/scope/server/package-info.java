/// What sessions and handlers promise, checked over an engine on one thread.
@NullMarked
package dev.anabranch.protocol.scope.server;

import org.jspecify.annotations.NullMarked;
