package dev.anabranch.house;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The table of arrows: what each package may import, itself, the JDK and JSpecify apart.
///
/// The longest line that matches a package holds for it. A package without a line fails the build:
/// whoever adds a module decides here what it may know.
record Arrows(String source, List<String> targets) {
  private static final String HOUSE = "dev.anabranch.";

  private static final String[] JACKSON = {"tools.jackson", "com.fasterxml.jackson.annotation"};
  private static final String[] SLF4J = {"org.slf4j"};
  private static final String[] TEST_LIBRARIES = {
    "org.junit", "org.assertj", "net.jqwik", "org.awaitility", "io.zonky", "org.apiguardian"
  };
  private static final String[] SQL = {
    "java.sql", "javax.sql", "org.sqlite", "org.postgresql", "com.zaxxer.hikari", "org.flywaydb"
  };
  private static final String[] OPERATIONS = {
    "io.micrometer",
    "io.prometheus",
    "ch.qos.logback",
    "com.networknt",
    "com.github.benmanes.caffeine"
  };

  /// Ordered as the house is built, from the ground up.
  static final List<Arrows> ALL =
      List.of(
          from("kernel"),
          from("crdt").to("crdt.encoding"),
          from("crdt.encoding"),
          from("crdt.protocol").to("crdt", "crdt.encoding"),
          from("json").to("kernel").using(JACKSON),
          from("nostr").using("fr.acinq.secp256k1"),
          from("nostr.seed").to("nostr", "kernel.json"),
          from("link").to("kernel"),
          from("engine").to("kernel"),
          from("testkit").to("kernel", "json", "link").using(TEST_LIBRARIES).using(SQL),
          from("storage").to("kernel", "json").using(SQL).using(SLF4J),
          from("transport").to("kernel", "link").using("io.netty").using(SLF4J),
          from("protocol.scope").to("kernel", "json", "link"),
          from("protocol.scope.wire").to("kernel", "json"),
          from("protocol.scope.server").to("kernel", "json", "link", "protocol.scope.wire"),
          from("protocol.scope.client").to("kernel", "json", "link", "protocol.scope.wire"),
          from("protocol.document").to("kernel", "json", "link", "crdt"),
          from("protocol.document.wire").to("kernel", "crdt"),
          from("protocol.document.server")
              .to("kernel", "json", "link", "crdt", "protocol.document.wire"),
          from("protocol.nostr").to("kernel", "json", "link", "nostr"),
          from("protocol.nostr.server").to("kernel", "json", "link", "nostr"),
          from("protocol.signed").to("kernel", "json", "link", "nostr"),
          from("protocol.signed.wire").to("kernel", "json", "nostr"),
          from("protocol.signed.server")
              .to("kernel", "json", "link", "nostr", "protocol.signed.wire"),
          from("protocol.signed.client")
              .to("kernel", "json", "link", "nostr", "protocol.signed.wire"),
          from("client")
              .to("kernel", "crdt", "json", "link", "storage", "transport")
              .to("protocol.scope.wire", "protocol.scope.client", "client.replica")
              .to("nostr", "protocol.signed.wire", "protocol.signed.client")
              .using(SLF4J),
          from("client.replica").to("kernel", "json", "storage", "client").using(SQL).using(SLF4J),
          from("client.nostr").to("link", "nostr", "client", "client.replica").using(SLF4J),
          from("client.nostr.cache").to("nostr", "client.replica").using(SQL),
          from("server")
              .to("kernel", "json", "link", "engine", "storage", "transport")
              .to("protocol.scope.wire", "protocol.scope.server")
              .to("crdt", "protocol.document.wire", "protocol.document.server")
              .to("nostr", "protocol.nostr.server")
              .to("protocol.signed.wire", "protocol.signed.server")
              .using(JACKSON)
              .using(SLF4J)
              .using(OPERATIONS),
          from("simulation")
              .to("kernel", "json", "link", "engine", "testkit", "storage", "transport", "protocol")
              .to("client", "server"),
          from("bench")
              .to("kernel", "json", "link", "engine", "storage", "transport", "protocol")
              .to("client", "crdt", "nostr", "server", "simulation")
              .using("picocli", "org.HdrHistogram", "io.netty")
              .using(SQL)
              .using(JACKSON)
              .using(SLF4J),
          from("cli")
              .to("kernel", "json", "link", "engine", "storage", "transport", "protocol")
              .to("client", "server", "simulation", "bench", "nostr")
              .using("picocli", "me.tongfei.progressbar")
              .using(SLF4J));

  /// The line that holds for a package, or nothing for a package that no line speaks of.
  static Optional<Arrows> of(String packageName) {
    return ALL.stream()
        .filter(arrow -> isWithin(packageName, arrow.source))
        .max(Comparator.comparingInt(arrow -> arrow.source.length()));
  }

  boolean allows(String packageName) {
    return isPlainJava(packageName)
        || Arrows.of(packageName).filter(target -> target.source.equals(source)).isPresent()
        || targets.stream().anyMatch(allowed -> isWithin(packageName, allowed));
  }

  /// The JDK without its databases: what everybody may use.
  private static boolean isPlainJava(String packageName) {
    return packageName.equals("org.jspecify.annotations")
        || (isWithin(packageName, "java") && !isWithin(packageName, "java.sql"))
        || isWithin(packageName, "javax.crypto")
        || isWithin(packageName, "javax.net")
        || isWithin(packageName, "javax.security");
  }

  private static boolean isWithin(String packageName, String ancestor) {
    return packageName.equals(ancestor) || packageName.startsWith(ancestor + ".");
  }

  private static Arrows from(String room) {
    return new Arrows(HOUSE + room, List.of());
  }

  private Arrows to(String... rooms) {
    return with(Arrays.stream(rooms).map(room -> HOUSE + room));
  }

  private Arrows using(String... libraries) {
    return with(Arrays.stream(libraries));
  }

  private Arrows with(Stream<String> more) {
    return new Arrows(source, Stream.concat(targets.stream(), more).toList());
  }
}
