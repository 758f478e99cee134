package dev.anabranch.cli.demo;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Files by path, and one hash that says whether two trees are the same.
final class FileTree {

  private final Map<String, JsonObject> files =
      new TreeMap<>((one, two) -> Arrays.compareUnsigned(utf8(one), utf8(two)));

  /// What the changes leave when they are made one after the other.
  static FileTree after(List<FileChange> changes) {
    FileTree tree = new FileTree();
    for (FileChange change : changes) {
      if (change.action() == Action.DELETE) {
        tree.remove(change.path());
      } else {
        tree.put(change.path(), change.content());
      }
    }
    return tree;
  }

  void put(String path, JsonObject content) {
    files.put(path, content);
  }

  /// Lays changed fields over a file; it may be a new one.
  void patch(String path, JsonObject changed) {
    files.merge(path, changed, JsonObject::patchedBy);
  }

  void remove(String path) {
    files.remove(path);
  }

  int size() {
    return files.size();
  }

  /// SHA-256 over `<mode> <blob>\t<path>\n` by ascending bytes of the path, in hex.
  String digest() {
    MessageDigest sha256 = sha256();
    files.forEach((path, content) -> sha256.update(utf8(line(path, content))));
    return HexFormat.of().formatHex(sha256.digest());
  }

  private static String line(String path, JsonObject content) {
    return content.string(FileChange.MODE).orElse("?")
        + " "
        + content.string(FileChange.BLOB).orElse("?")
        + "\t"
        + path
        + "\n";
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
  }
}
