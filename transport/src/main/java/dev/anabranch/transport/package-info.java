/// HTTP and WebSocket on Netty, behind the link contracts.
@NullMarked
package dev.anabranch.transport;

import org.jspecify.annotations.NullMarked;
