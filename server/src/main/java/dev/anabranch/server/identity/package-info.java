/// Who is asking: open to this machine, or by token.
///
/// A token is `anb_<id>_<secret>`. The database holds SHA-256 of the secret only; whoever reads the
/// database cannot come in with what is found there. A token names one principal; its scopes and
/// its ceiling narrow what grants give and never widen it.
@NullMarked
package dev.anabranch.server.identity;

import org.jspecify.annotations.NullMarked;
