package dev.anabranch.cli;

import dev.anabranch.protocol.scope.wire.ScopeFault;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Every error code: what it means and what to do; `docs/errors.md` says the same.
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
}
