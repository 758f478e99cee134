package dev.anabranch.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anabranch.link.Admission;
import dev.anabranch.link.Dial;
import dev.anabranch.link.Frame;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpCall;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkFailure;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TlsTest {
  @TempDir Path folder;
  private X509Bundle authority;
  private SSLContext trusting;
  private TlsFiles files;
  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    authority =
        new CertificateBuilder()
            .subject("CN=authority")
            .setIsCertificateAuthority(true)
            .ecp256()
            .buildSelfSigned();
    trusting = SSLContext.getInstance("TLS");
    trusting.init(null, new TrustManager[] {authority.toTrustManager()}, new SecureRandom());
    files = new TlsFiles(folder.resolve("server.crt"), folder.resolve("server.key"));
    write("first");
    server =
        TestServer.start(
            TransportSettings.of(Listen.secure("127.0.0.1", 0, files)),
            head -> HttpRoute.answering(HttpAnswer.text(200, "secure " + head.peer().secure())),
            handshake -> CompletableFuture.completedFuture(Admission.accept(Echo::new)));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private X509Bundle issue(String name) throws Exception {
    return new CertificateBuilder()
        .subject("CN=" + name)
        .addSanDnsName("localhost")
        .ecp256()
        .buildIssuedBy(authority);
  }

  private void write(String name) throws Exception {
    X509Bundle bundle = issue(name);
    Files.writeString(files.certificates(), bundle.getCertificatePathPEM());
    Files.writeString(files.privateKey(), bundle.getPrivateKeyPEM());
  }

  private String shownName() throws Exception {
    try (SSLSocket socket =
        (SSLSocket) trusting.getSocketFactory().createSocket("localhost", server.port())) {
      socket.startHandshake();
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSubjectX500Principal().getName();
    }
  }

  private HttpResponse<String> get(HttpClient.Version version) throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder().version(version).sslContext(trusting).build()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + "/")).build(),
          BodyHandlers.ofString());
    }
  }

  @Test
  void speaksHttp2AndHttp11() throws Exception {
    HttpResponse<String> newer = get(HttpClient.Version.HTTP_2);
    HttpResponse<String> older = get(HttpClient.Version.HTTP_1_1);

    assertThat(newer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(newer.body()).isEqualTo("secure true");
    assertThat(older.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    assertThat(older.body()).isEqualTo("secure true");
  }

  @Test
  void carriesLinks() throws Exception {
    AtomicReference<Recorder> client = new AtomicReference<>();
    Path trusted = Files.writeString(folder.resolve("ca.crt"), authority.getCertificatePEM());
    NettyDialer dialer =
        NettyDialer.create(
            server.loops,
            TransportLimits.Links.defaults(),
            TransportMetrics.NONE,
            Optional.of(trusted));
    dialer
        .dial(
            Dial.to(URI.create("wss://localhost:" + server.port() + "/")),
            link -> {
              client.set(new Recorder(link));
              return client.get();
            })
        .thenAccept(link ->
            link.execute(() -> {
              link.outbox().send(Frame.binary(new byte[500_000]));
              link.outbox().flush();
            }))
        .toCompletableFuture()
        .join();

    assertThat(client.get().next()).isEqualTo("binary 500000");
    assertThat(client.get().link.peer().secure()).isTrue();
  }

  @Test
  void boundsWhatWaitsForAPeerThatDoesNotRead() throws Exception {
    CompletableFuture<Recorder> opened = new CompletableFuture<>();
    try (TestServer flooding =
            TestServer.start(
                TransportSettings.of(Listen.secure("127.0.0.1", 0, files)),
                TestServer.NO_ROUTES,
                handshake ->
                    CompletableFuture.completedFuture(
                        Admission.accept(link -> {
                          Recorder recorder = new Recorder(link);
                          opened.complete(recorder);
                          return recorder;
                        })));
        RawPeer peer =
            new RawPeer(trusting.getSocketFactory().createSocket("localhost", flooding.port()))) {
      peer.upgrade("/");
      Link link = opened.join().link;
      int sent =
          CompletableFuture.supplyAsync(
                  () -> {
                    int count = 0;
                    while (link.outbox().writable()) {
                      link.outbox().send(Frame.binary(new byte[1_000]));
                      link.outbox().flush();
                      count++;
                    }
                    return count;
                  },
                  link.loop())
              .join();

      assertThat(sent).isLessThan(8_000);
      assertThat(flooding.counts.of("paused")).isEqualTo(1);
      for (int i = 0; i < sent; i++) {
        assertThat(peer.readFrame().payload()).hasSize(1_000);
      }
      assertThat(opened.join().next()).isEqualTo("writable");
    }
  }

  @Test
  void dialsNobodyItDoesNotTrust() {
    NettyDialer dialer =
        NettyDialer.create(
            server.loops,
            TransportLimits.Links.defaults(),
            TransportMetrics.NONE,
            Optional.empty());

    assertThatThrownBy(() ->
            dialer
                .dial(Dial.to(URI.create("wss://localhost:" + server.port() + "/")), Recorder::new)
                .toCompletableFuture()
                .join())
        .hasCauseInstanceOf(LinkFailure.class);
  }

  @Test
  void saysWhatIsWrongWithTheCertificatesToTrust() throws Exception {
    assertThatThrownBy(() -> dialerTrusting(folder.resolve("no.crt")))
        .isInstanceOf(TransportFailure.class)
        .hasMessage("there is no file " + folder.resolve("no.crt"));
    Path words = Files.writeString(folder.resolve("words.crt"), "words");
    assertThatThrownBy(() -> dialerTrusting(words))
        .isInstanceOf(TransportFailure.class)
        .hasMessageContaining("in " + words + " cannot be used");
  }

  private NettyDialer dialerTrusting(Path file) {
    return NettyDialer.create(
        server.loops, TransportLimits.Links.defaults(), TransportMetrics.NONE, Optional.of(file));
  }

  @Test
  void callsOverHttp2() {
    try (JdkHttpCaller caller = JdkHttpCaller.create(1_000, Optional.of(trusting))) {
      HttpAnswer answer =
          caller
              .call(HttpCall.get(URI.create("https://localhost:" + server.port() + "/")))
              .toCompletableFuture()
              .join();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).asString().isEqualTo("secure true");
    }
  }

  @Test
  void showsANewCertificateWhenItsFilesChange() throws Exception {
    assertThat(shownName()).isEqualTo("CN=first");

    write("a second one");
    server.server.refreshCertificates();

    assertThat(shownName()).isEqualTo("CN=a second one");
    assertThat(server.counts.of("reloaded true")).isEqualTo(1);
  }

  @Test
  void keepsTheOldCertificateWhileTheNewOneDoesNotFit() throws Exception {
    X509Bundle next = issue("half written");
    Files.writeString(files.certificates(), next.getCertificatePathPEM());
    server.server.refreshCertificates();

    assertThat(shownName()).isEqualTo("CN=first");
    assertThat(server.counts.of("reloaded false")).isEqualTo(1);

    Files.writeString(files.privateKey(), next.getPrivateKeyPEM() + "\n");
    server.server.refreshCertificates();
    assertThat(shownName()).isEqualTo("CN=half written");
  }

  @Test
  void tellsAPeerThatForgetsToEncrypt() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      assertThat(peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").readAll())
          .startsWith("HTTP/1.1 400 ")
          .contains("\"code\":\"tls_required\"");
    }
  }

  @Test
  void doesNotStartWithoutItsFiles() {
    Listen listen =
        Listen.secure("127.0.0.1", 0, new TlsFiles(folder.resolve("no"), files.privateKey()));

    assertThatThrownBy(() ->
            TransportServer.start(
                TransportSettings.of(listen),
                server.loops,
                TestServer.NO_ROUTES,
                TestServer.NO_LINKS,
                TransportMetrics.NONE))
        .isInstanceOf(TransportFailure.class)
        .hasMessage("there is no file " + folder.resolve("no"));
    assertThat(List.of(server.server.addresses())).hasSize(1);
  }

  @Test
  void refusesACertificateWithWhichNobodyCouldConnect() throws Exception {
    X509Bundle modern =
        new CertificateBuilder()
            .subject("CN=modern")
            .algorithm(CertificateBuilder.Algorithm.ed25519)
            .buildIssuedBy(authority);
    Files.writeString(files.certificates(), modern.getCertificatePathPEM());
    Files.writeString(files.privateKey(), modern.getPrivateKeyPEM());

    server.server.refreshCertificates();
    assertThat(shownName()).isEqualTo("CN=first");
    assertThat(server.counts.of("reloaded false")).isEqualTo(1);
    assertThatThrownBy(() ->
            TransportServer.start(
                TransportSettings.of(Listen.secure("127.0.0.1", 0, files)),
                server.loops,
                TestServer.NO_ROUTES,
                TestServer.NO_LINKS,
                TransportMetrics.NONE))
        .isInstanceOf(TransportFailure.class)
        .hasMessageContaining("no client could connect");
  }

  @Test
  void takesEveryCertificateWithWhichSomebodyCanConnect() throws Exception {
    List<CertificateBuilder> builders =
        List.of(
            new CertificateBuilder().algorithm(CertificateBuilder.Algorithm.rsa2048),
            new CertificateBuilder().algorithm(CertificateBuilder.Algorithm.rsa4096),
            new CertificateBuilder().algorithm(CertificateBuilder.Algorithm.ecp384));
    for (int i = 0; i < builders.size(); i++) {
      X509Bundle bundle =
          builders.get(i).subject("CN=" + i).addSanDnsName("localhost").buildIssuedBy(authority);
      Files.writeString(files.certificates(), bundle.getCertificatePathPEM());
      Files.writeString(files.privateKey(), bundle.getPrivateKeyPEM());
      server.server.refreshCertificates();

      assertThat(shownName()).isEqualTo("CN=" + i);
    }
  }

  @Test
  void saysWhetherThePortOrTheHostIsInTheWay() {
    assertThat(failureOf(Listen.plain("127.0.0.1", server.port())).kind())
        .isEqualTo(TransportFailure.Kind.PORT);
    assertThat(failureOf(Listen.plain("192.0.2.1", 0)))
        .hasMessageEndingWith("192.0.2.1 is none of this machine's addresses")
        .extracting(TransportFailure::kind)
        .isEqualTo(TransportFailure.Kind.HOST);
    assertThat(failureOf(Listen.plain("no-such-host.invalid", 0)).kind())
        .isEqualTo(TransportFailure.Kind.HOST);
  }

  private TransportFailure failureOf(Listen listen) {
    return catchThrowableOfType(
        TransportFailure.class,
        () ->
            TransportServer.start(
                TransportSettings.of(listen),
                server.loops,
                TestServer.NO_ROUTES,
                TestServer.NO_LINKS,
                TransportMetrics.NONE));
  }
}
