/// Bootstrap, delta and live changes of a scope for web applications.
@NullMarked
package dev.anabranch.protocol.scope;

import org.jspecify.annotations.NullMarked;
