package dev.anabranch.server.configuration;

import dev.anabranch.engine.EngineLimits;
import dev.anabranch.protocol.document.server.DocumentLimits;
import dev.anabranch.protocol.scope.server.ScopeLimits;
import dev.anabranch.transport.TransportLimits;

/// Everything an operator can say about a server; see `docs/anabranch.toml` for the file.
///
/// @param server where it listens and keeps its things
/// @param database PostgreSQL instead of SQLite
/// @param auth who may come in
/// @param tls the certificate
/// @param transport what peers can cost at the sockets
/// @param engine the engine's bounds
/// @param scope what one client of scope sync can cost
/// @param documents what documents can cost
/// @param nostr the relay
/// @param signed clients that sign every frame
/// @param rate how fast one address may ask
/// @param quotas how much of a principal's is kept
/// @param presence what devices say of themselves
/// @param retention how much of the log is kept
/// @param log what is written to standard error
/// @param metrics who may read the figures
public record Configuration(
    Listening server,
    DatabaseSettings database,
    AccessSettings auth,
    TlsSettings tls,
    TransportLimits transport,
    EngineLimits engine,
    ScopeLimits scope,
    DocumentLimits documents,
    NostrSettings nostr,
    SignedSettings signed,
    RateSettings rate,
    QuotaSettings quotas,
    PresenceSettings presence,
    RetentionSettings retention,
    LogSettings log,
    MetricsSettings metrics) {

  /// What a server does when nobody says anything.
  public static Configuration defaults() {
    return new ConfigurationSource().read();
  }

  static Configuration read(Sections sections) {
    AccessSettings auth = AccessSettings.read(sections.of("auth"));
    PresenceSettings presence = PresenceSettings.read(sections.of("presence"), auth.mode());
    TransportLimits transport = TransportSections.read(sections);
    Configuration configuration =
        new Configuration(
            Listening.read(sections.of("server")),
            DatabaseSettings.read(sections.of("database")),
            auth,
            TlsSettings.read(sections.of("tls")),
            transport,
            EngineSections.read(sections, presence),
            ScopeSections.read(sections, transport.links()),
            DocumentSections.read(sections.of("documents")),
            NostrSettings.read(sections.of("nostr"), transport.links().messageBytesMax()),
            SignedSettings.read(sections.of("signed")),
            RateSettings.read(sections.of("rate")),
            QuotaSettings.read(sections.of("quotas")),
            presence,
            RetentionSettings.read(sections.of("retention")),
            LogSettings.read(sections.of("log")),
            MetricsSettings.read(sections.of("metrics")));
    sections.refuseUnknown();
    return configuration;
  }
}
