/// Real editors in a real browser on one document of a real server.
@NullMarked
package dev.anabranch.cli.editors;

import org.jspecify.annotations.NullMarked;
