/// The anabranch command: serves, asks a server, and looks after a data folder.
///
/// Exit status: 0 done · 1 the answer is no (a conflict, a refusal, a difference found) · 2 the
/// command or the configuration cannot be used · 3 the server or the database cannot be had.
/// Results go to standard output, everything else to standard error.
@NullMarked
package dev.anabranch.cli;

import org.jspecify.annotations.NullMarked;
