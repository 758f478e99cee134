package dev.anabranch.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ConflictTest {

  private static final EntityKey KEY =
      new EntityKey(new ScopeName("org:demo"), new ModelName("Note"), new EntityId("n1"));
  private static final JsonObject BASE = text("title", "T0", "body", "B0", "tag", "G0");

  private static JsonObject text(String... namesAndValues) {
    JsonObject fields = JsonObject.EMPTY;
    for (int index = 0; index < namesAndValues.length; index += 2) {
      fields = fields.with(namesAndValues[index], namesAndValues[index + 1]);
    }
    return fields;
  }

  private static Conflict patched(JsonObject changed, @Nullable JsonObject theirs) {
    Draft draft = Draft.patch(KEY, changed).expecting(3);
    return Conflict.of(
        new QueuedWrite(1, new WriteKey("k"), draft, BASE, 0, 0, 0, false),
        theirs,
        theirs == null ? 0 : 4);
  }

  @Test
  void fieldsThatOnlyOneSideChangedAreMerged() {
    Conflict conflict =
        patched(text("title", "mine"), text("title", "T0", "body", "theirs", "tag", "G0"));

    assertThat(conflict.clashes()).isEmpty();
    assertThat(conflict.merged()).isEqualTo(text("title", "mine", "body", "theirs", "tag", "G0"));
    assertThat(conflict.merge())
        .isEqualTo(new Resolution.Rewrite(Action.UPDATE, text("title", "mine")));
  }

  @Test
  void aFieldThatBothSidesChangedClashesAndIsProposedAsMine() {
    Conflict conflict = patched(text("title", "mine"), text("title", "theirs", "body", "B0"));

    assertThat(conflict.clashes()).containsExactly("title");
    assertThat(conflict.merged()).isEqualTo(text("title", "mine", "body", "B0"));
  }

  @Test
  void theSameChangeOnBothSidesNeedsNoWrite() {
    Conflict conflict =
        patched(text("title", "same"), text("title", "same", "body", "B0", "tag", "G0"));

    assertThat(conflict.clashes()).isEmpty();
    assertThat(conflict.merge()).isEqualTo(new Resolution.KeepTheirs());
  }

  @Test
  void aFieldThatIRemovedIsRemovedFromTheirs() {
    Conflict conflict =
        patched(
            JsonObject.of("tag", JsonNull.NULL), text("title", "T1", "body", "B0", "tag", "G0"));

    assertThat(conflict.merge())
        .isEqualTo(new Resolution.Rewrite(Action.UPDATE, JsonObject.of("tag", JsonNull.NULL)));
  }

  @Test
  void keepingMineUndoesWhatTheyChanged() {
    Conflict conflict =
        patched(text("title", "mine"), text("title", "T0", "body", "theirs", "tag", "G0"));

    assertThat(conflict.keepMine())
        .isEqualTo(new Resolution.Rewrite(Action.UPDATE, text("title", "mine", "body", "B0")));
  }

  @Test
  void mineIsInsertedAgainWhenTheyDeleted() {
    Conflict conflict = patched(text("title", "mine"), null);

    assertThat(conflict.merge())
        .isEqualTo(
            new Resolution.Rewrite(
                Action.INSERT, text("title", "mine", "body", "B0", "tag", "G0")));
  }

  @Test
  void myDeleteIsADeleteOfTheirs() {
    Draft draft = Draft.delete(KEY).expecting(3);
    QueuedWrite write = new QueuedWrite(1, new WriteKey("k"), draft, BASE, 0, 0, 0, false);

    assertThat(Conflict.of(write, BASE, 4).merge())
        .isEqualTo(new Resolution.Rewrite(Action.DELETE, null));
    assertThat(Conflict.of(write, null, 0).merge()).isEqualTo(new Resolution.KeepTheirs());
  }

  @Test
  void twoCreatorsOfOneEntityMergeTheirFields() {
    Draft draft = Draft.put(KEY, text("title", "mine")).expecting(0);
    Conflict conflict =
        Conflict.of(
            new QueuedWrite(1, new WriteKey("k"), draft, null, 0, 0, 0, false),
            text("body", "theirs"),
            1);

    assertThat(conflict.merged()).isEqualTo(text("body", "theirs", "title", "mine"));
  }
}
