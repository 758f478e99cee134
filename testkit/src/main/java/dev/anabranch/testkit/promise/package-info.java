/// The kernel's promises K1–K12, each with a checker over stores and histories.
///
/// A checker gives what it found broken, in sentences; nothing found means that the promise held as
/// far as could be seen. Kernel tests, the simulation and tests from outside use the same ones.
@NullMarked
package dev.anabranch.testkit.promise;

import org.jspecify.annotations.NullMarked;
