/// The anabranch command.
@NullMarked
package dev.anabranch.cli;

import org.jspecify.annotations.NullMarked;
