/// The launcher script, and the program as it is packaged: what a user starts.
@NullMarked
package dev.anabranch.cli.launcher;

import org.jspecify.annotations.NullMarked;
