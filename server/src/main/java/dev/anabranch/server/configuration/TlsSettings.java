package dev.anabranch.server.configuration;

import java.nio.file.Path;
import java.util.Optional;

/// Section `[tls]`: the certificate, in PEM files that are read again when they change.
///
/// @param files empty = no encryption
public record TlsSettings(Optional<Files> files) {

  /// The two files, which come together.
  ///
  /// @param certificates the certificate first, then those that signed it
  /// @param privateKey PKCS #8 (`BEGIN PRIVATE KEY`), not encrypted
  public record Files(Path certificates, Path privateKey) {}

  static TlsSettings read(Section section) {
    String certificates = section.text("certificates", "");
    String privateKey = section.text("private_key", "");
    if (certificates.isEmpty() != privateKey.isEmpty()) {
      throw new ConfigurationFailure(
          "[tls] needs both certificates and private_key, or neither; only "
              + (certificates.isEmpty() ? "private_key" : "certificates")
              + " is set");
    }
    return certificates.isEmpty()
        ? new TlsSettings(Optional.empty())
        : new TlsSettings(Optional.of(new Files(Path.of(certificates), Path.of(privateKey))));
  }
}
