package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.CommandFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Whom a command believes that it speaks to the right server.
public final class Trust {

  private Trust() {}

  /// Trust in the certificates of a PEM file and in no others.
  public static SSLContext in(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      int count = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("trusted-" + count++, certificate);
      }
      if (count == 0) {
        throw new CommandFailure(CommandFailure.MISUSED, file + " holds no certificate");
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (NoSuchFileException absent) {
      throw new CommandFailure(
          CommandFailure.MISUSED, "there is no file " + file + " of certificates to trust", absent);
    } catch (IOException | GeneralSecurityException unusable) {
      throw new CommandFailure(
          CommandFailure.MISUSED,
          "the certificates in " + file + " cannot be used: " + unusable.getMessage(),
          unusable);
    }
  }
}
