package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.protocol.document.wire.DocumentFault;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Says yes, or why not; pure.
///
/// @param limits the numbers
/// @param roots of what kind a document's roots are, as far as the operator says (`models.toml`)
public record DocumentPolicy(DocumentLimits limits, Map<String, DocumentRoot.Kind> roots) {

  public DocumentPolicy {
    Objects.requireNonNull(limits, "limits");
    roots = Map.copyOf(roots);
  }

  /// Limits, and no word about roots.
  public DocumentPolicy(DocumentLimits limits) {
    this(limits, Map.of());
  }

  /// Whether an update is short enough to be written; whether its document has room for it is asked
  /// inside the commit.
  public Optional<Refusal> accepts(UpdateV1 update) {
    return update.bytes().length <= limits.messageBytesMax()
        ? Optional.empty()
        : refused(
            DocumentFault.TOO_LARGE,
            "an update of "
                + update.bytes().length
                + " bytes; at most "
                + limits.messageBytesMax());
  }

  /// Whether an update may extend other principals' clients.
  ///
  /// @param foreign how many of them it extends
  public Optional<Refusal> acceptsForeign(int foreign) {
    return foreign == 0 || !limits.refusesForeign()
        ? Optional.empty()
        : refused(
            DocumentFault.FOREIGN_CLIENT,
            "the update extends " + foreign + " clients that belong to another principal");
  }

  /// Whether one more message may wait until the document is open.
  public Optional<Refusal> waitsAnother(int waiting) {
    return waiting < limits.waitingMax()
        ? Optional.empty()
        : refused(
            DocumentFault.RATE_LIMITED,
            waiting + " messages wait for the document; at most " + limits.waitingMax());
  }

  /// Whether so many bytes of updates may wait for their commit.
  public Optional<Refusal> gathers(long bytes) {
    return bytes <= limits.waitingBytesMax()
        ? Optional.empty()
        : refused(
            DocumentFault.RATE_LIMITED,
            bytes + " bytes of updates wait for the disk; at most " + limits.waitingBytesMax());
  }

  /// Whether a connection with so many documents may open one more.
  public Optional<Refusal> opensAnother(int open) {
    return open < limits.documentsMax()
        ? Optional.empty()
        : refused(
            DocumentFault.TOO_MANY_DOCUMENTS,
            "this connection has " + open + " documents open; at most " + limits.documentsMax());
  }

  /// Whether a session that speaks for so many clients may speak for one more.
  public Optional<Refusal> speaksForAnother(int clients) {
    return clients < limits.awarenessMax()
        ? Optional.empty()
        : refused(
            DocumentFault.AWARENESS_FULL,
            "this connection speaks for " + clients + " clients; at most " + limits.awarenessMax());
  }

  static Optional<Refusal> refused(DocumentFault fault, String detail) {
    return Optional.of(new Refusal(fault, detail));
  }
}
