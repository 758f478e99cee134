/// Commands that open a data folder or a database themselves, while no server does.
@NullMarked
package dev.anabranch.cli.folder;

import org.jspecify.annotations.NullMarked;
