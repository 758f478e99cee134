/// Programs of the operator that have a say in what the relay takes.
@NullMarked
package dev.anabranch.server.plugin;

import org.jspecify.annotations.NullMarked;
