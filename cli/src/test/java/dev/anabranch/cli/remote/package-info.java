/// Commands that ask a running server, or its database.
@NullMarked
package dev.anabranch.cli.remote;

import org.jspecify.annotations.NullMarked;
