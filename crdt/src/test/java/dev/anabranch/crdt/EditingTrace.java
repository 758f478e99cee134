package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.JavaScriptJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/// How a real text was written, keystroke by keystroke (of the collection editing-traces, CC BY).
record EditingTrace(List<Edit> edits, String end) {

  /// One keystroke or paste.
  record Edit(int index, int deleted, String inserted) {}

  static EditingTrace read(InputStream gzip) throws IOException {
    String json = new String(new GZIPInputStream(gzip).readAllBytes(), StandardCharsets.UTF_8);
    RecordLine trace = RecordLine.of(JavaScriptJson.parse(json));
    List<Edit> edits = new ArrayList<>();
    for (Any transaction : trace.list("txns")) {
      for (Any patch : RecordLine.of(transaction).list("patches")) {
        List<Any> parts = ((Any.Array) patch).values();
        edits.add(
            new Edit(
                (int) ((Any.Number) parts.get(0)).value(),
                (int) ((Any.Number) parts.get(1)).value(),
                ((Any.Text) parts.get(2)).value()));
      }
    }
    return new EditingTrace(edits, trace.text("endContent"));
  }

  /// Types the trace into a text, one transaction per keystroke; answers the updates.
  List<UpdateV1> typeInto(Document document) {
    List<UpdateV1> updates = new ArrayList<>(edits.size());
    SharedText text = document.text("text");
    int shift = text.length();
    try (Subscription ignored = document.onUpdateV1(told -> updates.add(told.update()))) {
      for (Edit edit : edits) {
        document.transact(null, transaction -> type(text, shift, edit));
      }
    }
    return updates;
  }

  private static void type(SharedText text, int shift, Edit edit) {
    if (edit.deleted > 0) {
      text.delete(edit.index + shift, edit.deleted);
    }
    if (!edit.inserted.isEmpty()) {
      text.insert(edit.index + shift, edit.inserted);
    }
  }

  static Document document(long client) {
    return Document.create(new DocumentOptions(client, new Random(client), true, true));
  }
}
