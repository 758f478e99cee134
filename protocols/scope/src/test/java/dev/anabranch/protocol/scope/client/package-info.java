@NullMarked
package dev.anabranch.protocol.scope.client;

import org.jspecify.annotations.NullMarked;
