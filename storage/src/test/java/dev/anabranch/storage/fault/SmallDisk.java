package dev.anabranch.storage.fault;

import java.io.IOException;
import java.nio.file.Path;

/// A disk in memory that a folder is on; root alone may mount one.
final class SmallDisk {

  private SmallDisk() {}

  /// Whether a folder is on one from now on.
  static boolean mount(Path folder, String size) throws IOException, InterruptedException {
    return run("mount", "-t", "tmpfs", "-o", "size=" + size, "none", folder.toString());
  }

  /// Makes room on it.
  static void enlarge(Path folder, String size) throws IOException, InterruptedException {
    if (!run("mount", "-o", "remount,size=" + size, folder.toString())) {
      throw new AssertionError("the disk could not be made larger");
    }
  }

  static void unmount(Path folder) throws IOException, InterruptedException {
    run("umount", folder.toString());
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }
}
