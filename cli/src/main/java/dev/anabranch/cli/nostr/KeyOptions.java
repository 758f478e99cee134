package dev.anabranch.cli.nostr;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.nostr.entity.Entity;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.nostr.text.Parsed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/// As whom. A secret key never stands among the arguments: everybody on a machine can read those.
final class KeyOptions {

  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "A file with a secret key (nsec1… or hex) that nobody else can read; once more for each"
              + " further key, all of which authenticate. Default: ANABRANCH_NOSTR_KEY_FILE, else"
              + " the key itself in ANABRANCH_NOSTR_KEY.")
  private List<Path> files = List.of();

  /// The keys; none when nobody is named.
  List<SecretKey> keys(Surroundings surroundings) {
    List<SecretKey> keys = new ArrayList<>();
    files.forEach(file -> keys.add(read(file)));
    String file = surroundings.variable("ANABRANCH_NOSTR_KEY_FILE");
    String key = surroundings.variable("ANABRANCH_NOSTR_KEY");
    if (keys.isEmpty() && !file.isEmpty()) {
      keys.add(read(Path.of(file)));
    } else if (keys.isEmpty() && !key.isEmpty()) {
      keys.add(parsed(key.strip(), "ANABRANCH_NOSTR_KEY"));
    }
    return keys;
  }

  /// The key that signs.
  SecretKey key(Surroundings surroundings) {
    List<SecretKey> keys = keys(surroundings);
    if (keys.isEmpty()) {
      throw new CommandFailure(
          CommandFailure.MISUSED,
          "this needs a key: make one with `anabranch nostr keygen FILE` and give --key-file FILE");
    }
    return keys.getFirst();
  }

  static SecretKey read(Path file) {
    try {
      for (PosixFilePermission permission : Files.getPosixFilePermissions(file)) {
        if (OTHERS.contains(permission)) {
          throw new CommandFailure(
              CommandFailure.MISUSED,
              "others can read " + file + ", which holds a key; chmod 600 " + file);
        }
      }
      return parsed(Files.readString(file).strip(), file.toString());
    } catch (IOException unreadable) {
      throw new CommandFailure(
          CommandFailure.MISUSED, "the key file " + file + " cannot be read", unreadable);
    }
  }

  /// The key of a text, which is not repeated.
  private static SecretKey parsed(String text, String where) {
    try {
      if (Hex.isLower(text, 64)) {
        return SecretKey.parse(text);
      }
      if (text.startsWith("nsec1")
          && Entity.parse(text) instanceof Parsed.Value<Entity>(Entity.Nsec(SecretKey key))) {
        return key;
      }
    } catch (MalformedText outside) {
      throw notAKey(where);
    }
    throw notAKey(where);
  }

  private static CommandFailure notAKey(String where) {
    return new CommandFailure(
        CommandFailure.MISUSED,
        where + " holds no secret key: nsec1… or 64 lowercase hexadecimal digits");
  }
}
