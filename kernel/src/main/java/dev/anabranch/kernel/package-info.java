/// The middle of the house: one ordered log of changes, and the verbs it can be asked.
///
/// The kernel knows no socket, no SQL, no frame and no clock; time and randomness are parameters.
/// Promises K1–K12 are numbered where they are upheld; `docs/glossary.md` holds the words.
@NullMarked
package dev.anabranch.kernel;

import org.jspecify.annotations.NullMarked;
