package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.StateVector;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.protocol.SyncMessage;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Documents come as fast as their editor takes them.
@Timeout(120)
class DocumentSlowLinkTest {
  private static final int DOCUMENTS = 30;

  private static UpdateV1 large() {
    Document document = Document.create(DocumentOptions.forEditing(new Random(1)));
    document.text("body").insert(0, "x".repeat(1024 * 1024));
    return document.encodeV1();
  }

  @Test
  void manyLargeDocumentsReachAnEditorWhoseSocketIsSlow() {
    UpdateV1 content = large();
    List<String> names = IntStream.range(0, DOCUMENTS).mapToObj(i -> "org:1/d" + i).toList();
    try (Served served = Served.open()) {
      HocuspocusSocket writer = HocuspocusSocket.open(served);
      for (String name : names) {
        writer.show(name, "").say(name, new SyncMessage.Changed(content));
        assertThat(writer.settled(name)).isTrue();
      }

      HocuspocusSocket slow = HocuspocusSocket.openDeaf(served);
      names.forEach(
          name -> slow.show(name, "").say(name, new SyncMessage.Step1(StateVector.EMPTY)));
      await()
          .until(() ->
              !served.get("/metrics").body().contains("\nanabranch_links_paused_total 0.0\n"));
      slow.read();

      for (String name : names) {
        SyncMessage told = slow.sync(name);
        assertThat(told instanceof SyncMessage.Step1 ? slow.sync(name) : told)
            .isEqualTo(new SyncMessage.Step2(content));
      }
      assertThat(served.get("/metrics").body())
          .contains("\nanabranch_links_overflowed_total 0.0\n");
    }
  }
}
