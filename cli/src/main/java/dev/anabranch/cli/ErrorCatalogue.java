package dev.anabranch.cli;

import dev.anabranch.protocol.document.wire.DocumentFault;
import dev.anabranch.protocol.nostr.server.NostrFault;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.protocol.signed.wire.SignedFault;
import dev.anabranch.transport.TransportFault;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Every error code of scope sync, documents, the Nostr relay, signed entities and HTTP itself:
/// what it means and what to do; `docs/errors.md` says the same.
final class ErrorCatalogue {

  private ErrorCatalogue() {}

  /// What a code means in each protocol that has it; empty when none has.
  static Optional<String> explain(String code) {
    String word = code.toLowerCase(Locale.ROOT);
    List<String> meanings =
        Stream.of(
                inScopeSync(word),
                inDocuments(word),
                inNostr(word),
                inSignedEntities(word),
                inTransport(word))
            .flatMap(Optional::stream)
            .toList();
    return meanings.isEmpty()
        ? Optional.empty()
        : Optional.of(word + "\n" + String.join("\n", meanings));
  }

  private static Optional<String> inScopeSync(String code) {
    return ScopeFault.ofCode(code)
        .map(fault ->
            told("Scope sync", fault.sentence(), fault.remedy())
                + "\n    Over HTTP: status "
                + fault.httpStatus()
                + ". Over WebSocket: "
                + ending("an error frame", fault.closeCode())
                + (fault.isTransient()
                    ? "\n    The same request can succeed later, under the same key."
                    : ""));
  }

  private static Optional<String> inDocuments(String code) {
    return Arrays.stream(DocumentFault.values())
        .filter(fault -> fault.code().equals(code))
        .findFirst()
        .map(fault ->
            told("Documents", fault.sentence(), fault.remedy())
                + "\n    On a socket: "
                + ending("a message of authentication", fault.closeCode()));
  }

  private static Optional<String> inNostr(String code) {
    return NostrFault.ofCode(code)
        .map(fault ->
            told("Nostr", fault.sentence(), fault.remedy())
                + "\n    On a socket: OK, CLOSED, NEG-ERR or NOTICE, a sentence that begins with \""
                + fault.reason("")
                + "\".");
  }

  private static Optional<String> inSignedEntities(String code) {
    return SignedFault.ofCode(code)
        .map(fault ->
            told("Signed entities", fault.sentence(), fault.remedy())
                + "\n    On a socket: "
                + ending("a signed error", fault.closeCode()));
  }

  private static Optional<String> inTransport(String code) {
    return TransportFault.ofCode(code)
        .map(fault ->
            told("HTTP and handshakes", fault.sentence(), fault.remedy())
                + "\n    Status "
                + fault.httpStatus()
                + ", whichever protocol the request was for.");
  }

  private static String told(String protocol, String sentence, String remedy) {
    return "  " + protocol + ": " + sentence + ".\n    What to do: " + remedy + ".";
  }

  private static String ending(String message, int closeCode) {
    return message
        + (closeCode == 0
            ? "; the connection stays open."
            : ", then the connection is closed with " + closeCode + ".");
  }

  /// All codes by name.
  static List<String> codes() {
    return Stream.of(
            Arrays.stream(ScopeFault.values()).map(ScopeFault::code),
            Arrays.stream(DocumentFault.values()).map(DocumentFault::code),
            Arrays.stream(NostrFault.values()).map(NostrFault::code),
            Arrays.stream(SignedFault.values()).map(SignedFault::code),
            Arrays.stream(TransportFault.values()).map(TransportFault::code))
        .flatMap(each -> each)
        .distinct()
        .sorted()
        .toList();
  }
}
