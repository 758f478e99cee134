package dev.anabranch.protocol.signed.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.key.SecretKey;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The messages in a chat's payload are united by id: a client that sends the whole history again
/// overwrites nothing and brings nothing back (K9).
class ChatMessagesTest {

  private static final SecretKey ANN = SecretKey.generate(new Random(1));
  private static final String HISTORY =
      "[{\"id\":\"m1\",\"content\":\"one\"},{\"id\":\"m2\",\"content\":\"two\"}]";

  private final Client ann = House.plain().client(ANN);

  @BeforeEach
  void create() {
    accepted(chat("create", 0, "k1", HISTORY));
  }

  private static void accepted(JsonObject answer) {
    assertThat(answer.string("type")).as("%s", answer).contains("accepted");
  }

  private JsonObject chat(String action, long version, String key, String messages) {
    return ann.sync(
        "{\"entity\":\"chat\",\"action\":\""
            + action
            + "\",\"id\":\"c\",\"version\":"
            + version
            + ",\"key\":\""
            + key
            + "\",\"data\":{\"title\":\"t\",\"messages\":"
            + messages
            + "}}");
  }

  private void message(String action, String id, long version, String data) {
    accepted(
        ann.sync(
            "{\"entity\":\"message\",\"chat\":\"c\",\"action\":\""
                + action
                + "\",\"id\":\""
                + id
                + "\",\"version\":"
                + version
                + ",\"data\":"
                + data
                + "}"));
  }

  private String chat() {
    return ann.ask("{\"type\":\"fetch\",\"entity\":\"chat\",\"id\":\"c\"}").text();
  }

  @Test
  void aMessageThatWasEditedStaysAsItIs() {
    message("update", "m1", 1, "{\"content\":\"edited\"}");
    accepted(chat("update", 1, "k2", HISTORY));
    assertThat(chat()).contains("\"edited\"", "\"two\"").doesNotContain("\"one\"");
  }

  @Test
  void aMessageThatWasDeletedStaysDeleted() {
    message("delete", "m1", 1, "{}");
    accepted(chat("update", 1, "k2", HISTORY));
    assertThat(chat()).contains("\"two\"").doesNotContain("\"one\"", "\"m1\"");
  }

  @Test
  void aMessageThatIsNotThereIsWritten() {
    accepted(chat("update", 1, "k2", "[{\"id\":\"m3\",\"content\":\"three\"}]"));
    assertThat(chat()).contains("\"one\"", "\"two\"", "\"three\"");
  }

  @Test
  void aRetryHearsTheFirstAnswerWhateverBecameOfTheMessages() {
    JsonObject first = chat("update", 1, "k2", "[{\"id\":\"m3\",\"content\":\"three\"}]");
    message("update", "m3", 1, "{\"content\":\"edited\"}");
    message("delete", "m1", 1, "{}");
    JsonObject again = chat("update", 1, "k2", "[{\"id\":\"m3\",\"content\":\"three\"}]");
    accepted(again);
    assertThat(again.get("sync_id")).isEqualTo(first.get("sync_id"));
    assertThat(chat()).contains("\"edited\"").doesNotContain("\"three\"");
  }

  @Test
  void anEntryThatNamesTheVersionItSawChangesIt() {
    accepted(
        chat("update", 1, "k2", "[{\"id\":\"m1\",\"version\":1,\"content\":\"edited here\"}]"));
    assertThat(chat()).contains("\"edited here\"").doesNotContain("\"one\"");
  }

  @Test
  void anEntryThatNamesAnOldVersionIsAConflictThatSaysOfWhatMessage() {
    message("update", "m1", 1, "{\"content\":\"edited\"}");
    JsonObject answer =
        chat("update", 1, "k2", "[{\"id\":\"m1\",\"version\":1,\"content\":\"stale\"}]");
    assertThat(answer.string("type")).contains("conflict");
    assertThat(answer.string("message")).contains("m1");
    assertThat(answer.text()).contains("\"edited\"");
    assertThat(chat()).contains("\"edited\"").doesNotContain("\"stale\"");
  }

  @Test
  void aVersionThatIsNoneIsRefused() {
    JsonObject answer = chat("update", 1, "k2", "[{\"id\":\"m1\",\"version\":\"1\"}]");
    assertThat(answer.string("code")).contains("invalid");
  }
}
