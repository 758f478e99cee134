package dev.anabranch.cli;

import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Every error code: what it means and what to do. `docs/errors.md` is this, as Markdown.
final class ErrorCatalogue {

  private ErrorCatalogue() {}

  /// What a code means, in a few lines; empty when there is no such code.
  static Optional<String> explain(String code) {
    return ScopeFault.ofCode(code.toLowerCase(Locale.ROOT))
        .map(fault ->
            fault.code()
                + "\n  "
                + fault.sentence()
                + ".\n  What to do: "
                + fault.remedy()
                + ".\n  Over HTTP: status "
                + fault.httpStatus()
                + ". Over WebSocket: an error frame"
                + (fault.closeCode() == 0
                    ? "; the connection stays open."
                    : ", then the connection is closed with " + fault.closeCode() + ".")
                + (fault.isTransient()
                    ? "\n  The same request can succeed later, under the same key."
                    : ""));
  }

  /// All codes by name.
  static List<String> codes() {
    return Arrays.stream(ScopeFault.values()).map(ScopeFault::code).sorted().toList();
  }

  /// The catalogue as a page.
  static String markdown() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Errors

        Every *no* has a code that programs act on and a sentence for people, which names what was wrong
        and where. Over HTTP it is an RFC 9457 problem (`application/problem+json`) with `status`, `code`
        and `detail`; over a WebSocket it is `{"type":"error","code":…,"detail":…}`; in a push it is the
        write's `error`. `anabranch help errors CODE` says the same as this page, which is made by
        `anabranch help errors --markdown`.

        *Later* says whether the same request can succeed later without being changed; send it under the
        same `Idempotency-Key`.

        | code | HTTP | meaning | what to do | later | WebSocket |
        |---|---|---|---|---|---|
        """);
    Arrays.stream(ScopeFault.values())
        .sorted(Comparator.comparing(ScopeFault::code))
        .forEach(fault -> page.append(row(fault)));
    page.append(
        """

        ## Reasons to refetch

        A `refetch` carries why the cursor is of no use any more; bootstrap again in every case.

        | reason | meaning |
        |---|---|
        """);
    for (RefetchReason reason : RefetchReason.values()) {
      page.append("| `%s` | %s |\n".formatted(reason.word(), meaning(reason)));
    }
    page.append(
        """

        ## Exit status of the command line

        | status | meaning |
        |---|---|
        | 0 | done |
        | 1 | the answer is no: a conflict, a refusal, nothing there, a difference found |
        | 2 | the command or the configuration cannot be used |
        | 3 | the server or the database cannot be had |
        """);
    return page.toString();
  }

  private static String row(ScopeFault fault) {
    return "| `%s` | %d | %s | %s | %s | %s |\n"
        .formatted(
            fault.code(),
            fault.httpStatus(),
            fault.sentence(),
            fault.remedy(),
            fault.isTransient() ? "yes" : "no",
            fault.closeCode() == 0 ? "stays open" : "closes with " + fault.closeCode());
  }

  private static String meaning(RefetchReason reason) {
    return switch (reason) {
      case CURSOR_AHEAD -> "the cursor is beyond the scope's head: it comes from another history";
      case CURSOR_BEHIND_RETENTION -> "changes after the cursor are no longer retained";
      case EPOCH -> "the database was since restored to a point before the cursor";
      case ACCESS_CHANGED -> "the reader's rights in the scope changed";
    };
  }
}
