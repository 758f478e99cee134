package dev.anabranch.server.identity;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.anabranch.nostr.text.Digest;
import dev.anabranch.nostr.text.Hex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// What directories of names answered last, over a restart: a file for each, as it came.
public final class NameMemory {

  private final Path folder;

  /// A memory in a folder, which is made when there is something to remember.
  public NameMemory(Path folder) {
    this.folder = folder;
  }

  /// The last answer of a directory, if one is remembered.
  ///
  /// @throws UncheckedIOException when it cannot be read
  Optional<byte[]> of(URI directory) {
    Path file = file(directory);
    try {
      return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// Remembers a directory's answer: the whole of it or the one before.
  ///
  /// @throws UncheckedIOException when it cannot be written
  void keep(URI directory, byte[] answer) {
    Path file = file(directory);
    try {
      Files.createDirectories(folder);
      Path fresh = folder.resolve(file.getFileName() + ".new"); // the next one takes its place
      try (FileChannel channel = FileChannel.open(fresh, CREATE, TRUNCATE_EXISTING, WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(answer);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private Path file(URI directory) {
    byte[] name = directory.toString().getBytes(StandardCharsets.UTF_8);
    return folder.resolve(Hex.of(Digest.sha256(name)) + ".json");
  }
}
