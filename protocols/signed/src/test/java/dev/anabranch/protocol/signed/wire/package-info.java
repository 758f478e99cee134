/// Tests of the messages of signed entities.
@NullMarked
package dev.anabranch.protocol.signed.wire;

import org.jspecify.annotations.NullMarked;
