package dev.anabranch.protocol.document.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Documents;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.DocumentTrail;
import dev.anabranch.kernel.store.DocumentWeight;
import dev.anabranch.link.BodyWriter;
import dev.anabranch.link.Cancellable;
import dev.anabranch.link.Exchange;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRequest;
import dev.anabranch.link.LinkLoop;
import dev.anabranch.link.Peer;
import dev.anabranch.link.RequestHead;
import dev.anabranch.link.Target;
import dev.anabranch.protocol.document.wire.DocumentFault;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// However many ask for documents, a few of them are in memory at once.
class DocumentTurnsTest {
  private static final int AT_ONCE = 2;
  private static final int WAITING = 3;

  private final Loop loop = new Loop();
  private final Slow documents = new Slow();
  private final List<DocumentFault> refused = new ArrayList<>();
  private final DocumentRouter router = router();

  private DocumentRouter router() {
    DocumentLimits usual = DocumentLimits.DEFAULT;
    DocumentLimits limits =
        new DocumentLimits(
            usual.messageBytesMax(),
            usual.documentBytesMax(),
            usual.waitingMax(),
            usual.waitingBytesMax(),
            usual.documentsMax(),
            usual.awarenessMax(),
            usual.shelfBytesMax(),
            usual.clientIdsMax(),
            usual.foldUpdatesMin(),
            usual.refusesForeign(),
            usual.requestBytesMax(),
            AT_ONCE,
            WAITING,
            5_000,
            usual.frames(),
            usual.writes());
    DocumentObserver observer =
        new DocumentObserver() {
          @Override
          public void refused(DocumentFault fault) {
            refused.add(fault);
          }
        };
    DocumentInspection inspection = new DocumentInspection(new DocumentPolicy(limits), observer);
    return new DocumentGateway(
            exhausted(),
            documents,
            inspection,
            new Anyone(),
            new DocumentSeams(InstantSource.system(), () -> 0L, new Random(46)),
            Duration.ofSeconds(1))
        .router();
  }

  /// A kernel that has no memory left for anything it is asked.
  private static Kernel exhausted() {
    return (Kernel)
        Proxy.newProxyInstance(
            Kernel.class.getClassLoader(),
            new Class<?>[] {Kernel.class},
            (proxy, method, arguments) -> {
              throw new OutOfMemoryError("a test's, not the machine's");
            });
  }

  private static final class Anyone implements Authenticator {
    @Override
    public CompletionStage<Answer<Caller>> authenticate(
        @Nullable String token, Peer peer, long session) {
      return CompletableFuture.completedFuture(
          new Answer.Given<>(
              new Caller(new PrincipalId("ann"), Authority.OWNER, DocumentGateway.ORIGIN)));
    }

    @Override
    public void ended(Peer peer, long session) {}
  }

  /// Documents that are read when the test says so; none of them is there.
  private static final class Slow implements Documents {
    private final Deque<Runnable> reading = new ArrayDeque<>();

    @Override
    public <T> CompletionStage<Answer<T>> trail(
        Caller caller, EntityKey key, long knownSeq, Function<Optional<DocumentTrail>, T> work) {
      CompletableFuture<Answer<T>> read = new CompletableFuture<>();
      reading.add(() -> {
        read.complete(new Answer.Given<>(work.apply(Optional.empty())));
      });
      return read;
    }

    void readOne() {
      reading.remove().run();
    }

    @Override
    public CompletionStage<Folding> fold(EntityKey key) {
      return new CompletableFuture<>();
    }

    @Override
    public DocumentWeight weigh(EntityKey key) {
      return DocumentWeight.NOTHING;
    }
  }

  /// A loop whose tasks, and time, run when the test says so.
  private static final class Loop implements LinkLoop {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<Runnable> timers = new ArrayList<>();

    @Override
    public boolean inLoop() {
      return true;
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      timers.add(task);
      return () -> timers.remove(task);
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    void settle() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    }

    void passTime() {
      List.copyOf(timers).forEach(Runnable::run);
    }
  }

  /// A request that was sent.
  private final class Sent implements Exchange {
    private final List<Runnable> onClosed = new ArrayList<>();
    private @Nullable HttpAnswer answer;

    int status() {
      return answer == null ? 0 : answer.status();
    }

    void cut() {
      onClosed.forEach(Runnable::run);
    }

    @Override
    public LinkLoop loop() {
      return loop;
    }

    @Override
    public void answer(HttpAnswer given) {
      answer = given;
    }

    @Override
    public BodyWriter stream(int status, Headers headers) {
      throw new IllegalStateException("documents are answered whole");
    }

    @Override
    public void onClosed(Runnable task) {
      onClosed.add(task);
    }

    @Override
    public void onDraining(Runnable task) {}
  }

  private Sent get() {
    return get("/api/document/notes?scope=org:1");
  }

  private Sent get(String path) {
    RequestHead head =
        new RequestHead(
            new Peer(InetAddress.getLoopbackAddress(), 1, false),
            "GET",
            Target.parse(path),
            Headers.empty());
    Sent sent = new Sent();
    router.route(head).handler().handle(new HttpRequest(head, new byte[0]), sent);
    return sent;
  }

  private List<Sent> get(int count) {
    List<Sent> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sent.add(get());
    }
    return sent;
  }

  @Test
  void aFewAreReadAtOnceAndTheOthersOneByOneAfterThem() {
    List<Sent> sent = get(AT_ONCE + WAITING);
    assertThat(documents.reading).hasSize(AT_ONCE);

    for (int i = 0; i < sent.size(); i++) {
      documents.readOne();
      loop.settle();
      assertThat(sent.get(i).status()).isEqualTo(404);
      assertThat(documents.reading).hasSizeLessThanOrEqualTo(AT_ONCE);
    }
    assertThat(loop.timers).isEmpty();
    assertThat(refused).isEmpty();

    get(AT_ONCE + 1);
    assertThat(documents.reading).as("every turn came back").hasSize(AT_ONCE);
  }

  @Test
  void oneTooManyIsToComeAgain() {
    get(AT_ONCE + WAITING);

    HttpAnswer answer = get().answer;

    assertThat(answer).isNotNull();
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers().first("Retry-After")).contains("1");
    assertThat(answer.headers().first("Content-Type")).contains("application/problem+json");
    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .contains("\"code\":\"unavailable\"");
    assertThat(refused).containsExactly(DocumentFault.UNAVAILABLE);
  }

  @Test
  void oneThatWaitsTooLongIsToComeAgain() {
    List<Sent> sent = get(AT_ONCE + 1);

    loop.passTime();

    assertThat(sent).extracting(Sent::status).containsExactly(0, 0, 503);
    documents.readOne();
    loop.settle();
    assertThat(documents.reading).hasSize(AT_ONCE - 1);
  }

  @Test
  void oneThatWentAwayIsNotReadFor() {
    List<Sent> sent = get(AT_ONCE + 2);

    sent.get(AT_ONCE).cut();
    documents.readOne();
    loop.settle();
    documents.readOne();
    loop.settle();

    assertThat(documents.reading).hasSize(1);
    documents.readOne();
    assertThat(sent).extracting(Sent::status).containsExactly(404, 404, 0, 404);
  }

  @Test
  void aTurnEndsAlsoWhereMemoryDoes() {
    for (int i = 0; i < AT_ONCE; i++) {
      assertThat(get("/api/document/notes/snapshots?scope=org:1&after=a").status()).isEqualTo(500);
    }

    get(AT_ONCE + 1);

    assertThat(documents.reading).hasSize(AT_ONCE);
  }
}
