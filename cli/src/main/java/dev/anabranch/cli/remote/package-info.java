/// Commands that ask a running server over HTTP.
@NullMarked
package dev.anabranch.cli.remote;

import org.jspecify.annotations.NullMarked;
