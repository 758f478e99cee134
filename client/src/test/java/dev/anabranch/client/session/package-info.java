/// The session's states one by one, and its laws under random histories and lying servers.
@NullMarked
package dev.anabranch.client.session;

import org.jspecify.annotations.NullMarked;
