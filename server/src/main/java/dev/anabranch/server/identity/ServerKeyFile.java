package dev.anabranch.server.identity;

import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.protocol.signed.server.ServerKey;
import dev.anabranch.server.configuration.ConfigurationFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's own key, in a file that only its owner may read.
///
/// Read, or made, when it is first asked for: by the bridge when the server starts, else by the
/// first client that wants one. The file is 64 hexadecimal digits and a line feed.
public final class ServerKeyFile implements ServerKey {

  private static final Logger LOG = LoggerFactory.getLogger(ServerKeyFile.class);
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  private final Path file;
  private final Executor readers;
  private final RandomGenerator random;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable SecretKey known;

  /// The key of a file.
  ///
  /// @param random unguessable
  public ServerKeyFile(Path file, Executor readers, RandomGenerator random) {
    this.file = file;
    this.readers = readers;
    this.random = random;
  }

  @Override
  public CompletionStage<SecretKey> get() {
    return CompletableFuture.supplyAsync(this::readOrMake, readers);
  }

  /// The same, waiting for it: when a server starts.
  ///
  /// @throws ConfigurationFailure when the key cannot be had
  public SecretKey now() {
    return readOrMake();
  }

  private SecretKey readOrMake() {
    lock.lock();
    try {
      SecretKey key = known;
      if (key == null) {
        key = Files.exists(file) ? read() : make();
        known = key;
      }
      return key;
    } catch (IOException broken) {
      throw new ConfigurationFailure(
          "the server's key " + file + " cannot be had: " + broken.getMessage(), broken);
    } finally {
      lock.unlock();
    }
  }

  private SecretKey read() throws IOException {
    if (isPosix()) {
      Set<PosixFilePermission> given = Files.getPosixFilePermissions(file);
      if (!PRIVATE.containsAll(given)) {
        throw new ConfigurationFailure(
            "the server's key "
                + file
                + " may be read by others ("
                + PosixFilePermissions.toString(given)
                + "); chmod 600 it, or let a new one be made by moving it away");
      }
    }
    try {
      return SecretKey.parse(Files.readString(file).strip());
    } catch (MalformedText wrong) {
      throw new ConfigurationFailure(
          "the server's key " + file + " is damaged: " + wrong.getMessage(), wrong);
    }
  }

  private SecretKey make() throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    SecretKey key = SecretKey.generate(random);
    String digits = dev.anabranch.nostr.text.Hex.of(key.secretBytes()) + "\n";
    FileAttribute<?>[] attributes =
        isPosix()
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PRIVATE)}
            : new FileAttribute<?>[0];
    try (FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
      channel.write(ByteBuffer.wrap(digits.getBytes(StandardCharsets.US_ASCII)));
      channel.force(true);
    } catch (FileAlreadyExistsException another) {
      return read(); // another server of this folder was quicker
    }
    LOG.info("made the server's key {} ({}); back it up with the database", file, key.publicKey());
    return key;
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }
}
