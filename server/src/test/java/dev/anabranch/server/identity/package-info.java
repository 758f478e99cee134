/// Whose a token is, and what keeps an open server to its own machine.
@NullMarked
package dev.anabranch.server.identity;

import org.jspecify.annotations.NullMarked;
