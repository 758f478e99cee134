/// Tests of the package.
@NullMarked
package dev.anabranch.protocol.document.server;

import org.jspecify.annotations.NullMarked;
