/// What every command stands on: where it writes, what it finds around it, how it fails.
@NullMarked
package dev.anabranch.cli.terminal;

import org.jspecify.annotations.NullMarked;
