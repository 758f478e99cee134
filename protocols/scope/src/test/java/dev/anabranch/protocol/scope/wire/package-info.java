/// What the codec promises, checked.
@NullMarked
package dev.anabranch.protocol.scope.wire;

import org.jspecify.annotations.NullMarked;
