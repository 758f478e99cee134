package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.link.Cancellable;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.Turns;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import dev.anabranch.protocol.document.wire.DocumentCodec;
import dev.anabranch.protocol.document.wire.DocumentFault;
import dev.anabranch.protocol.document.wire.DocumentMessage;
import dev.anabranch.protocol.document.wire.DocumentMessage.Authenticate;
import dev.anabranch.protocol.document.wire.DocumentMessage.Denied;
import dev.anabranch.protocol.document.wire.DocumentMessage.Leave;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A Hocuspocus link: several documents, each with its own token.
///
/// Behind a document's name a client may write a NUL and a name of its own session (provider 4,
/// `sessionAwareness`): several sessions of one document share a link then, and each is answered
/// under the whole of what it wrote.
final class HocuspocusLink implements LinkHandler {
  private static final char SESSION = '\0';

  /// The longest name of a client's own session.
  private static final int SESSION_CHARS_MAX = 128;

  private final DocumentSession.Surroundings here;
  private final LongSupplier numbers;
  private final Duration patience;
  private final DocumentLink link;
  private final Handshake handshake;
  private final Map<String, DocumentSession> open = new HashMap<>();
  private final Turns turns = new Turns();
  private @Nullable Cancellable deadline;

  /// @param numbers gives each session of the server another
  /// @param patience how long the link may be open before anybody has said who it is
  HocuspocusLink(
      DocumentSession.Surroundings here,
      LongSupplier numbers,
      Duration patience,
      Link link,
      Handshake handshake) {
    this.here = here;
    this.numbers = numbers;
    this.patience = patience;
    this.link = new DocumentLink(link, here.observer());
    this.handshake = handshake;
  }

  @Override
  public void opened() {
    deadline = link.later(patience, this::tooLate);
  }

  private void tooLate() {
    here.observer().refused(DocumentFault.UNAUTHENTICATED);
    link.close(CloseCode.POLICY, "nobody said in time who opens a document");
  }

  private void forgetDeadline() {
    if (deadline != null) {
      deadline.cancel();
    }
  }

  @Override
  public void text(String message) {
    link.unacceptable();
  }

  @Override
  public void binary(byte[] message) {
    link.run(() -> {
      ByteReader in = new ByteReader(message);
      String name;
      try {
        name = DocumentCodec.nameOf(in);
      } catch (MalformedUpdate malformed) {
        here.observer().refused(DocumentFault.MALFORMED);
        link.close(CloseCode.PROTOCOL_ERROR, Refusal.of(malformed).text());
        return;
      }
      receive(name, in, message.length);
    });
  }

  private void receive(String name, ByteReader in, int bytes) {
    DocumentSession known = open.get(name);
    DocumentMessage.FromClient message;
    try {
      message = DocumentCodec.named(name).fromClient(in);
    } catch (MalformedUpdate malformed) {
      if (known == null) {
        refuse(name, Refusal.of(malformed));
      } else {
        known.misunderstood(malformed);
      }
      return;
    }
    if (known != null) {
      known.receive(message, bytes);
    } else if (!(message instanceof Leave)) {
      begin(name, message, bytes);
    }
  }

  private void begin(String name, DocumentMessage.FromClient first, int bytes) {
    Optional<Refusal> no = here.policy().opensAnother(open.size());
    Optional<EntityKey> document = documentOf(name);
    if (no.isPresent() || document.isEmpty()) {
      refuse(
          name,
          no.orElse(
              new Refusal(
                  DocumentFault.MALFORMED,
                  "a document's name is scope/name, such as org:1/notes")));
      return;
    }
    DocumentSession session = session(name, document.get());
    open.put(name, session);
    boolean shows = first instanceof Authenticate shown && !shown.token().isEmpty();
    session.begin(
        shows ? ((Authenticate) first).token() : DocumentGateway.tokenOf(handshake),
        handshake.peer());
    if (!(first instanceof Authenticate)) {
      session.receive(first, bytes);
    }
  }

  private static Optional<EntityKey> documentOf(String name) {
    int end = name.indexOf(SESSION);
    if (end < 0) {
      return DocumentAddress.parse(name);
    }
    return name.length() - end - 1 > SESSION_CHARS_MAX
        ? Optional.empty()
        : DocumentAddress.parse(name.substring(0, end));
  }

  private DocumentSession session(String name, EntityKey document) {
    ToldFraming shared = ToldFraming.NAMED;
    return new DocumentSession(
        here,
        link,
        new DocumentSession.Framing(
            DocumentCodec.named(name), shared, name.equals(ToldFraming.name(document))),
        document,
        numbers.getAsLong(),
        new DocumentSession.Holder() {
          @Override
          public void identified() {
            forgetDeadline();
          }

          @Override
          public void over() {
            open.remove(name);
          }
        });
  }

  private void refuse(String name, Refusal refusal) {
    here.observer().refused(refusal.fault());
    link.send(Frame.binary(DocumentCodec.named(name).encode(new Denied(refusal.text()))));
  }

  @Override
  public void writable() {
    link.runAndFlush(() -> {
      link.nextTurn();
      turns.next(open.values()).forEach(DocumentSession::writable);
    });
  }

  @Override
  public void closed(int code, String reason) {
    forgetDeadline();
    link.gone();
    List.copyOf(open.values()).forEach(DocumentSession::end);
    open.clear();
  }
}
