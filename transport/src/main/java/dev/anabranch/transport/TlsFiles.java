package dev.anabranch.transport;

import java.nio.file.Path;
import java.util.Objects;

/// A certificate and its key, in PEM files that are read again when they change.
///
/// @param certificates the certificate first, then those that signed it
/// @param privateKey the key, PKCS #8 (`BEGIN PRIVATE KEY`), not encrypted
public record TlsFiles(Path certificates, Path privateKey) {
  public TlsFiles {
    Objects.requireNonNull(certificates, "certificates");
    Objects.requireNonNull(privateKey, "privateKey");
  }
}
