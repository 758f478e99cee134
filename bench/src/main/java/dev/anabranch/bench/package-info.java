/// The bench: Anabranch, its peers and the physical limit, measured in one run.
///
/// An absolute figure says little about a shared machine. Each row therefore measures Anabranch,
/// other systems and the limit it cannot pass (a bare broadcast, a raw insert) one after another in
/// the same run, through the same load client, and states a ratio. The bars are in `Bars`; a bar
/// that is missed is printed as missed and fails nothing.
///
/// Who is measured lives in `contender`, what drives them in `load`, the limits in `limit`, the
/// processes they run in in `process`, and one class per line of the table in `row`. Everything
/// here is an edge: it opens sockets, reads the clock and starts processes.
@NullMarked
package dev.anabranch.bench;

import org.jspecify.annotations.NullMarked;
