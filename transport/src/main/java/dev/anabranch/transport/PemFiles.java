package dev.anabranch.transport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/// A certificate and its key as they were in their files, once it is sure that they belong
/// together.
///
/// While a pair is being replaced there is a moment when one file is new and the other is not;
/// without this check every handshake of that moment would fail.
///
/// @param certificates the certificate first, then those that signed it
/// @param privateKey the certificate's key
record PemFiles(List<X509Certificate> certificates, PrivateKey privateKey) {
  private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String KEY_END = "-----END PRIVATE KEY-----";

  PemFiles {
    certificates = List.copyOf(certificates);
  }

  static PemFiles read(TlsFiles files) throws IOException, GeneralSecurityException {
    List<X509Certificate> certificates = certificates(files.certificates());
    PublicKey publicKey = certificates.getFirst().getPublicKey();
    PrivateKey privateKey = key(files.privateKey(), publicKey.getAlgorithm());
    checkPair(publicKey, privateKey);
    return new PemFiles(certificates, privateKey);
  }

  private static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      List<X509Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (certificates.isEmpty()) {
        throw new GeneralSecurityException(file + " holds no certificate");
      }
      return certificates;
    }
  }

  private static PrivateKey key(Path file, String algorithm)
      throws IOException, GeneralSecurityException {
    String pem = Files.readString(file, StandardCharsets.US_ASCII);
    int begin = pem.indexOf(KEY_BEGIN);
    int end = pem.indexOf(KEY_END);
    if (begin < 0 || end < begin) {
      throw new GeneralSecurityException(
          file + " holds no key in PKCS #8 (" + KEY_BEGIN + "); openssl pkcs8 -topk8 makes one");
    }
    byte[] der = Base64.getMimeDecoder().decode(pem.substring(begin + KEY_BEGIN.length(), end));
    try {
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (InvalidKeySpecException other) {
      throw new GeneralSecurityException(
          file + " holds no " + algorithm + " key, as the certificate's is", other);
    }
  }

  private static void checkPair(PublicKey publicKey, PrivateKey privateKey)
      throws GeneralSecurityException {
    String algorithm =
        switch (publicKey.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> publicKey.getAlgorithm();
        };
    byte[] sample = {1, 2, 3};
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(privateKey);
    signing.update(sample);
    byte[] signature = signing.sign();
    Signature verifying = Signature.getInstance(algorithm);
    verifying.initVerify(publicKey);
    verifying.update(sample);
    if (!verifying.verify(signature)) {
      throw new GeneralSecurityException("the key does not belong to the certificate");
    }
  }
}
