/// What the operator says, in one file, the environment or flags, turned into records.
///
/// Precedence: a flag beats the environment (`ANABRANCH_SECTION__KEY`), which beats the file, which
/// beats the default. A key that nobody knows is refused with the nearest one that is known: a
/// setting that is silently ignored is worse than a server that does not start. The whole list with
/// its defaults is `docs/anabranch.toml`.
@NullMarked
package dev.anabranch.server.configuration;

import org.jspecify.annotations.NullMarked;
