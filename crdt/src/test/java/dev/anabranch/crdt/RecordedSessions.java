package dev.anabranch.crdt;

import java.io.BufferedReader;
import java.io.IOException;

/// Plays a record of many sessions.
final class RecordedSessions {
  private RecordedSessions() {}

  /// What was played.
  record Played(int sessions, int operations) {}

  static Played play(BufferedReader record) throws IOException {
    RecordedSession session = null;
    int sessions = 0;
    int operations = 0;
    int number = 0;
    for (String text = record.readLine(); text != null; text = record.readLine()) {
      RecordLine line = RecordLine.parse(text);
      number++;
      if (line.text("t").equals("end")) {
        break;
      }
      if (line.text("t").equals("session")) {
        operations += session == null ? 0 : session.operations();
        session = new RecordedSession(line);
        sessions++;
      } else if (session != null) {
        session.play(line, number);
      }
    }
    return new Played(sessions, operations + (session == null ? 0 : session.operations()));
  }
}
