/// A real server on a free port, asked by the JDK's own client.
@NullMarked
package dev.anabranch.server;

import org.jspecify.annotations.NullMarked;
