package dev.anabranch.cli.nostr;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.entity.Entity;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Makes a key.
@Command(
    name = "keygen",
    mixinStandardHelpOptions = true,
    description =
        "Makes a secret key in a new file that only its owner can read, and prints the public key"
            + " (npub1…). The secret is shown nowhere.",
    footer = {
      "",
      "Examples:",
      "  anabranch nostr keygen me.key",
      "  anabranch nostr keygen --show me.key --json"
    })
final class KeygenCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "FILE", description = "The key's file; must not exist.")
  private @Nullable Path file;

  @Option(names = "--show", description = "Make none: print the public key of the one in FILE.")
  private boolean show;

  @Option(names = "--json", description = "One JSON object with npub, pubkey and file.")
  private boolean json;

  private final Surroundings surroundings;
  private final NostrCommand.Seams seams;

  KeygenCommand(Surroundings surroundings, NostrCommand.Seams seams) {
    this.surroundings = surroundings;
    this.seams = seams;
  }

  @Override
  public Integer call() {
    if (file == null) {
      throw new CommandFailure(CommandFailure.MISUSED, "name the key's file");
    }
    SecretKey key = show ? KeyOptions.read(file) : made(file);
    PublicKey owner = key.publicKey();
    String npub = new Entity.Npub(owner).text();
    if (json) {
      surroundings
          .output()
          .value(
              JsonObject.EMPTY
                  .with("npub", npub)
                  .with("pubkey", owner.hex())
                  .with("file", file.toString()),
              true);
    } else {
      surroundings.output().line(npub);
    }
    return 0;
  }

  private SecretKey made(Path file) {
    SecretKey key = SecretKey.generate(seams.random());
    String secret = new Entity.Nsec(key).text() + "\n";
    try {
      Files.createFile(
          file,
          PosixFilePermissions.asFileAttribute(
              Set.copyOf(PosixFilePermissions.fromString("rw-------"))));
      Files.write(file, secret.getBytes(StandardCharsets.UTF_8), StandardOpenOption.WRITE);
      return key;
    } catch (FileAlreadyExistsException there) {
      throw new CommandFailure(
          CommandFailure.MISUSED, file + " is there already; a key is never written over", there);
    } catch (IOException unwritable) {
      throw new CommandFailure(CommandFailure.MISUSED, file + " cannot be written", unwritable);
    }
  }
}
