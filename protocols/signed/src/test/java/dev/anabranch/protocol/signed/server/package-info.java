/// Sessions of signed entities on links that a test holds in its hands.
@NullMarked
package dev.anabranch.protocol.signed.server;

import org.jspecify.annotations.NullMarked;
