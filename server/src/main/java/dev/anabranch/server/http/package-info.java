/// The server's own routes: health, figures, tokens, and the page that says what to try; and the
/// front door before all of them.
@NullMarked
package dev.anabranch.server.http;

import org.jspecify.annotations.NullMarked;
