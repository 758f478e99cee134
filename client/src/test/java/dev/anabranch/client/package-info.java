/// The client over real sockets, files and processes.
@NullMarked
package dev.anabranch.client;

import org.jspecify.annotations.NullMarked;
