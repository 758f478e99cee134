package dev.anabranch.server;

import dev.anabranch.engine.Engine;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.nostr.server.Identities;
import dev.anabranch.protocol.nostr.server.ManagementMethods;
import dev.anabranch.protocol.nostr.server.Membership;
import dev.anabranch.protocol.nostr.server.ModerationBook;
import dev.anabranch.protocol.nostr.server.NostrGateway;
import dev.anabranch.protocol.nostr.server.NostrGuards;
import dev.anabranch.protocol.nostr.server.NostrPolicy;
import dev.anabranch.protocol.nostr.server.NostrSeams;
import dev.anabranch.protocol.nostr.server.RecentEvents;
import dev.anabranch.protocol.nostr.server.RelayInformation;
import dev.anabranch.protocol.nostr.server.RelayManagement;
import dev.anabranch.protocol.nostr.server.RelayUrls;
import dev.anabranch.protocol.nostr.server.WritePolicy;
import dev.anabranch.server.configuration.ConfigurationFailure;
import dev.anabranch.server.configuration.NostrMembership;
import dev.anabranch.server.configuration.NostrSettings;
import dev.anabranch.server.http.FrontDoor;
import dev.anabranch.server.identity.NameDirectories;
import dev.anabranch.server.operations.NostrFigures;
import dev.anabranch.server.plugin.PluginSettings;
import dev.anabranch.server.plugin.PluginWritePolicy;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The Nostr relay, put together: its gateway, and what its administrators can change.
///
/// @param gateway where links come in
/// @param door what it answers over HTTP
/// @param close ends what belongs to it alone
/// @param names takes the keys that other places name
/// @param book who may write and read now, and what changes it
record Relay(
    NostrGateway gateway,
    FrontDoor.Relay door,
    Runnable close,
    NameDirectories.Listener names,
    ModerationBook book) {

  private static final String SOFTWARE = "https://github.com/anabranch/anabranch";
  private static final Set<String> LOOPBACK_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

  /// Whose keys are.
  ///
  /// @param self the relay's own, where it needs one
  /// @param identities which principal a key belongs to
  /// @param bridge the one that signs what came in another way; null = nothing is shown
  record Keys(Supplier<SecretKey> self, Identities identities, @Nullable PublicKey bridge) {}

  /// A relay on an engine; waits until what was decided before is read.
  ///
  /// @param keys whose keys are
  /// @param open whether the server is open to everybody of its machine
  /// @param policy judges events before the program does that the settings may name
  static Relay of(
      Engine engine,
      NostrSettings settings,
      Keys keys,
      boolean open,
      WritePolicy policy,
      RecentEvents recent,
      NostrSeams seams,
      NostrFigures observer) {
    ModerationBook book =
        new ModerationBook(engine, settings.changeable().on(open), seams.random());
    book.load().toCompletableFuture().join();
    if (!book.terms().directories().isEmpty()) {
      book.awaitNames();
    }
    Optional<Membership> membership =
        settings.membership().enabled()
            ? Optional.of(membership(settings, book, keys.self().get(), seams))
            : Optional.empty();
    PluginSettings plugin = settings.plugin();
    Optional<PluginWritePolicy> program =
        plugin.command().isEmpty()
            ? Optional.empty()
            : Optional.of(
                new PluginWritePolicy(plugin, seams.clock(), seams.nanos(), observer::unjudged));
    RelayInformation configured =
        new RelayInformation(
            settings.name(),
            settings.description(),
            settings.icon(),
            settings.contact(),
            settings.pubkey(),
            membership.map(ignored -> keys.self().get().publicKey().hex()).orElse(""),
            SOFTWARE,
            Version.text());
    NostrGateway gateway =
        new NostrGateway(
            engine,
            engine,
            engine,
            new NostrPolicy(() -> book.terms().limits(), book::access),
            new NostrGuards(
                program.map(policy::then).orElse(policy), () -> book.terms().quota(), membership),
            recent,
            () -> book.over(configured),
            settings.url().map(Relay::hostOf).map(Set::of).orElse(LOOPBACK_HOSTS),
            keys.identities(),
            settings.seedKinds(),
            keys.bridge(),
            seams,
            observer);
    book.listen(gateway::accessChanged);
    gateway.tellMembers();
    RelayManagement management =
        new RelayManagement(
            new ManagementMethods(book, engine),
            settings.administrators(),
            keys.identities(),
            new RelayUrls(settings.url().orElse(""), LOOPBACK_HOSTS),
            seams,
            observer);
    return new Relay(
        gateway,
        new FrontDoor.Relay(gateway::information, management.route(), RelayManagement::isMeant),
        () -> program.ifPresent(PluginWritePolicy::close),
        book::name,
        book);
  }

  private static Membership membership(
      NostrSettings settings, ModerationBook book, SecretKey self, NostrSeams seams) {
    NostrMembership said = settings.membership();
    return new Membership(
        book,
        self,
        new Membership.Terms(said.inviters(), settings.administrators(), said.inviteSeconds()),
        seams);
  }

  /// What is done about once a minute.
  ///
  /// @param bannedToo whether what is banned is erased
  CompletionStage<Boolean> tidy(boolean bannedToo) {
    gateway.tellMembers();
    return gateway
        .expire()
        .thenCompose(
            done -> bannedToo ? gateway.eraseBanned() : CompletableFuture.completedFuture(done));
  }

  private static String hostOf(String url) {
    return NostrPolicy.hostOf(url)
        .orElseThrow(() ->
            new ConfigurationFailure(
                "nostr.url names no host: " + url + "; write it as wss://relay.example/"));
  }
}
