/// The client's half of the protocol, message by message.
@NullMarked
package dev.anabranch.protocol.scope.client;

import org.jspecify.annotations.NullMarked;
