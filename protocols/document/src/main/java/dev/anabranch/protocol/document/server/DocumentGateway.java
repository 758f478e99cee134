package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.kernel.Documents;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.link.Admission;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkAcceptor;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.LinkSession;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import dev.anabranch.protocol.document.wire.DocumentCodec;
import dev.anabranch.protocol.document.wire.DocumentFault;
import dev.anabranch.protocol.document.wire.DocumentMessage;
import dev.anabranch.protocol.document.wire.DocumentProblem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
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
  private final Duration patience;
  private final AtomicLong sessions = new AtomicLong();

  /// A gateway to a kernel.
  ///
  /// @param inspection the one that the kernel asks too
  /// @param patience how long a Hocuspocus link may be open before anybody has said who it is
  public DocumentGateway(
      Kernel kernel,
      Documents documents,
      DocumentInspection inspection,
      Authenticator authenticator,
      DocumentSeams seams,
      Duration patience) {
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
    this.patience = Objects.requireNonNull(patience, "patience");
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
      return accepted(
          link -> new HocuspocusLink(here, sessions::incrementAndGet, patience, link, handshake));
    }
    Optional<EntityKey> document = DocumentAddress.of(segments.subList(1, segments.size()));
    return document
        .map(key -> accepted(link -> new One(link, handshake, key)))
        .orElseGet(() ->
            CompletableFuture.completedFuture(
                Admission.refuse(
                    No.answer(
                        DocumentProblem.INVALID,
                        "a document's path is /documents/{scope}/{name}, such as"
                            + " /documents/org:1/notes"))));
  }

  private CompletionStage<Admission> accepted(LinkSession session) {
    return CompletableFuture.completedFuture(
        Admission.accept(session)
            .withMessageBytesMax(here.policy().limits().messageBytesMax())
            .withTooLargeCode(DocumentFault.TOO_LARGE.closeCode()));
  }

  static @Nullable String tokenOf(Handshake handshake) {
    String authorization = handshake.headers().first("Authorization").orElse("");
    return authorization.regionMatches(true, 0, "Bearer ", 0, 7)
        ? authorization.substring(7).strip()
        : handshake.target().parameter("token").orElse(null);
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
      this.session =
          new DocumentSession(
              here,
              this.link,
              new DocumentSession.Framing(codec, ToldFraming.PLAIN, true),
              document,
              sessions.incrementAndGet(),
              DocumentSession.Holder.NOBODY);
    }

    @Override
    public void opened() {
      link.run(() -> session.begin(tokenOf(handshake), handshake.peer()));
    }

    @Override
    public void text(String message) {
      link.unacceptable();
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
}
