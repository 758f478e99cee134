package dev.anabranch.cli.remote;

import picocli.CommandLine.Parameters;

/// Which entity a command is about.
final class EntityPlace {

  @Parameters(index = "0", paramLabel = "SCOPE", description = "Such as org:demo.")
  String scope = "";

  @Parameters(index = "1", paramLabel = "MODEL", description = "Such as Note.")
  String model = "";

  @Parameters(index = "2", paramLabel = "ID", description = "Which one.")
  String id = "";

  /// `/api/MODEL/ID`.
  String path() {
    return "/api/" + RemoteServer.encoded(model) + "/" + RemoteServer.encoded(id);
  }
}
