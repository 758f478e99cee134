package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.kernel.Documents;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.link.Admission;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkAcceptor;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.LinkSession;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import dev.anabranch.protocol.document.wire.DocumentCodec;
import dev.anabranch.protocol.document.wire.DocumentFault;
import dev.anabranch.protocol.document.wire.DocumentMessage;
import dev.anabranch.protocol.document.wire.DocumentMessage.Authenticate;
import dev.anabranch.protocol.document.wire.DocumentMessage.Denied;
import dev.anabranch.protocol.document.wire.DocumentMessage.Leave;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Documents' front door: `/documents/{scope}/{name}` speaks y-websocket, `/hocuspocus` Hocuspocus.
public final class DocumentGateway implements LinkAcceptor {
  /// The gateway's name in changes (`origin`).
  public static final String ORIGIN = "document";

  private final DocumentSession.Surroundings here;
  private final DocumentRouter router;
  private final AtomicLong sessions = new AtomicLong();

  /// A gateway to a kernel.
  ///
  /// @param inspection the one that the kernel asks too
  public DocumentGateway(
      Kernel kernel,
      Documents documents,
      DocumentInspection inspection,
      Authenticator authenticator,
      DocumentSeams seams) {
    DocumentPolicy policy = inspection.policy();
    DocumentShelf shelf = new DocumentShelf(documents, inspection);
    this.here =
        new DocumentSession.Surroundings(
            kernel,
            shelf,
            inspection.clientIds(),
            policy,
            authenticator,
            seams,
            inspection.observer());
    this.router = new DocumentRouter(here);
  }

  /// Answers requests for documents' content and edits of it.
  public DocumentRouter router() {
    return router;
  }

  /// The description of these requests, to be laid over that of scope sync, whose parts it names:
  /// paths and components of OpenAPI 3.1 as JSON.
  public static byte[] description() {
    try (InputStream resource = DocumentGateway.class.getResourceAsStream("openapi.json")) {
      return Objects.requireNonNull(resource, "openapi.json is part of the program").readAllBytes();
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }

  /// The states that are kept in memory.
  public DocumentShelf shelf() {
    return here.shelf();
  }

  /// Whether a handshake's path is one of documents'.
  public static boolean serves(Handshake handshake) {
    List<String> segments = handshake.target().segments();
    return segments.equals(List.of("hocuspocus"))
        || (segments.size() > 1 && segments.getFirst().equals("documents"));
  }

  @Override
  public CompletionStage<Admission> admit(Handshake handshake) {
    List<String> segments = handshake.target().segments();
    if (segments.equals(List.of("hocuspocus"))) {
      return accepted(link -> new Many(link, handshake));
    }
    Optional<EntityKey> document = DocumentAddress.of(segments.subList(1, segments.size()));
    return document
        .map(key -> accepted(link -> new One(link, handshake, key)))
        .orElseGet(() ->
            CompletableFuture.completedFuture(
                Admission.refuse(
                    HttpAnswer.problem(
                        400,
                        "invalid",
                        "a document's path is /documents/{scope}/{name}, such as"
                            + " /documents/org:1/notes"))));
  }

  private CompletionStage<Admission> accepted(LinkSession session) {
    return CompletableFuture.completedFuture(
        Admission.accept(session).withMessageBytesMax(here.policy().limits().messageBytesMax()));
  }

  private static @Nullable String tokenOf(Handshake handshake) {
    String authorization = handshake.headers().first("Authorization").orElse("");
    return authorization.regionMatches(true, 0, "Bearer ", 0, 7)
        ? authorization.substring(7).strip()
        : handshake.target().parameter("token").orElse(null);
  }

  private DocumentSession session(
      DocumentLink link, ToldFraming framing, EntityKey document, Runnable over) {
    return new DocumentSession(
        here,
        link,
        new DocumentSession.Framing(framing.codec(document), framing),
        document,
        sessions.incrementAndGet(),
        over);
  }

  /// A y-websocket link: one document.
  private final class One implements LinkHandler {
    private final DocumentCodec codec = DocumentCodec.plain();
    private final DocumentLink link;
    private final Handshake handshake;
    private final DocumentSession session;

    private One(Link link, Handshake handshake, EntityKey document) {
      this.link = new DocumentLink(link, here.observer());
      this.handshake = handshake;
      this.session = session(this.link, ToldFraming.PLAIN, document, () -> {});
    }

    @Override
    public void opened() {
      link.run(() -> session.begin(tokenOf(handshake), handshake.peer()));
    }

    @Override
    public void text(String message) {
      unacceptable(link);
    }

    @Override
    public void binary(byte[] message) {
      link.run(() -> {
        DocumentMessage.FromClient known;
        try {
          known = codec.fromClient(message);
        } catch (MalformedUpdate malformed) {
          session.misunderstood(malformed);
          return;
        }
        session.receive(known, message.length);
      });
    }

    @Override
    public void writable() {
      link.runAndFlush(() -> {
        link.nextTurn();
        session.writable();
      });
    }

    @Override
    public void closed(int code, String reason) {
      link.gone();
      session.end();
    }
  }

  /// A Hocuspocus link: several documents, each with its own token.
  private final class Many implements LinkHandler {
    private final DocumentLink link;
    private final Handshake handshake;
    private final Map<String, DocumentSession> open = new HashMap<>();

    private Many(Link link, Handshake handshake) {
      this.link = new DocumentLink(link, here.observer());
      this.handshake = handshake;
    }

    @Override
    public void text(String message) {
      unacceptable(link);
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
      Optional<EntityKey> document = DocumentAddress.parse(name);
      if (no.isPresent() || document.isEmpty()) {
        refuse(
            name,
            no.orElse(
                new Refusal(
                    DocumentFault.MALFORMED,
                    "a document's name is scope/name, such as org:1/notes")));
        return;
      }
      DocumentSession session =
          session(link, ToldFraming.NAMED, document.get(), () -> open.remove(name));
      open.put(name, session);
      boolean shows = first instanceof Authenticate shown && !shown.token().isEmpty();
      session.begin(shows ? ((Authenticate) first).token() : tokenOf(handshake), handshake.peer());
      if (!(first instanceof Authenticate)) {
        session.receive(first, bytes);
      }
    }

    private void refuse(String name, Refusal refusal) {
      here.observer().refused(refusal.fault());
      link.send(Frame.binary(DocumentCodec.named(name).encode(new Denied(refusal.text()))));
    }

    @Override
    public void writable() {
      link.runAndFlush(() -> {
        link.nextTurn();
        List.copyOf(open.values()).forEach(DocumentSession::writable);
      });
    }

    @Override
    public void closed(int code, String reason) {
      link.gone();
      List.copyOf(open.values()).forEach(DocumentSession::end);
      open.clear();
    }
  }

  private void unacceptable(DocumentLink link) {
    here.observer().refused(DocumentFault.MALFORMED);
    link.close(CloseCode.UNACCEPTABLE, "documents speak binary frames");
  }
}
