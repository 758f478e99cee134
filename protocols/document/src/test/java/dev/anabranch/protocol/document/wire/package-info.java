/// Tests of the package.
@NullMarked
package dev.anabranch.protocol.document.wire;

import org.jspecify.annotations.NullMarked;
