package dev.anabranch.cli.remote;

import java.io.BufferedReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reads server-sent events (WHATWG HTML, 9.2), one by one.
final class ServerSentEvents {

  private final BufferedReader lines;

  ServerSentEvents(BufferedReader lines) {
    this.lines = lines;
  }

  /// One event.
  ///
  /// @param id empty = the event has none
  record Event(String id, String name, String data) {}

  /// The next event; null at the end of the stream.
  @Nullable Event next() throws IOException {
    String id = "";
    String name = "message";
    StringBuilder data = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty() && !data.isEmpty()) {
        return new Event(id, name, data.toString());
      }
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 1).stripLeading();
      switch (field) {
        case "id" -> id = value;
        case "event" -> name = value;
        case "data" -> data.append(data.isEmpty() ? "" : "\n").append(value);
        default -> {} // comments keep the connection alive and say nothing
      }
    }
    return null;
  }
}
