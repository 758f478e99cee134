package dev.anabranch.server;

import java.util.Optional;

/// Which version of the program this is: what `--version` prints and the server says of itself.
public final class Version {

  private Version() {}

  /// The version that the jar was built as; `development` outside one.
  public static String text() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
