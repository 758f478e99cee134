package dev.anabranch.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.session.LineState;
import dev.anabranch.client.session.Notice;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class AnnouncerTest {

  private final Deque<Runnable> thread = new ArrayDeque<>();
  private final List<Notice> told = new ArrayList<>();
  private final Announcer announcer = new Announcer(thread::add, told::add);

  private static EntityKey key(String id) {
    return new EntityKey(new ScopeName("org:demo"), new ModelName("Note"), new EntityId(id));
  }

  private static @Nullable EntityView view(String id, int number) {
    return number == 0
        ? null
        : new EntityView(key(id), JsonObject.EMPTY.with("n", number), 1, 1, 1, 1, 0, 0);
  }

  private static Notice changed(String id, int before, int after) {
    return new Notice.EntityChanged(key(id), view(id, before), view(id, after));
  }

  private void run() {
    while (!thread.isEmpty()) {
      thread.poll().run();
    }
  }

  @Test
  void aListenerThatSleepsThroughThreeChangesIsToldOne() {
    announcer.tell(changed("a", 0, 1));
    announcer.tell(changed("b", 0, 7));
    announcer.tell(changed("a", 1, 2));
    announcer.tell(changed("a", 2, 3));
    run();

    assertThat(told).containsExactly(changed("a", 0, 3), changed("b", 0, 7));
  }

  @Test
  void anErrorInAListenerKeepsNothingElseBack() {
    Announcer failing =
        new Announcer(
            thread::add,
            notice -> {
              told.add(notice);
              throw new AssertionError("the test says so");
            });
    failing.tell(changed("a", 0, 1));
    failing.tell(changed("b", 0, 1));
    run();

    assertThat(told).containsExactly(changed("a", 0, 1), changed("b", 0, 1));
  }

  @Test
  void whatWasToldIsNotToldAgain() {
    announcer.tell(changed("a", 0, 1));
    run();
    announcer.tell(changed("a", 1, 2));
    run();

    assertThat(told).containsExactly(changed("a", 0, 1), changed("a", 1, 2));
  }

  @Test
  void onlyTheLatestStateOfTheLineWaits() {
    announcer.tell(new Notice.LineChanged(LineState.DIALLING, ""));
    announcer.tell(new Notice.LineChanged(LineState.CONNECTED, ""));
    run();

    assertThat(told).containsExactly(new Notice.LineChanged(LineState.CONNECTED, ""));
  }

  @Test
  void ofTwoTroublesNoneCoversTheOther() {
    announcer.tell(new Notice.Trouble("one"));
    announcer.tell(new Notice.Trouble("another"));
    run();

    assertThat(told).containsExactly(new Notice.Trouble("one"), new Notice.Trouble("another"));
  }

  @Test
  void ofManyTroublesTheFirstWaitAndTheLatest() {
    for (int index = 0; index < 1000; index++) {
      announcer.tell(new Notice.Trouble("trouble " + index));
    }
    run();

    assertThat(told)
        .hasSize(65)
        .contains(new Notice.Trouble("trouble 0"))
        .endsWith(new Notice.Trouble("trouble 999"));
  }

  private static Notice said(int number) {
    JsonObject value = JsonObject.EMPTY.with("n", number);
    return new Notice.Said(
        new ScopeName("org:demo"), new Notice.Neighbour("nostr", "ada", "", 0, value));
  }

  @Test
  void ofMuchThatIsSaidOnceTheFirstWaitAndTheLatest() {
    announcer.tell(said(7));
    announcer.tell(said(7));
    run();
    assertThat(told).containsExactly(said(7), said(7));
    told.clear();
    for (int index = 0; index < 1000; index++) {
      announcer.tell(said(index));
    }
    run();

    assertThat(told).hasSize(256).startsWith(said(0), said(1)).endsWith(said(999));
  }

  @Test
  void aListenerThatFailsDoesNotKeepTheNextNoticeBack() {
    List<Notice> heard = new ArrayList<>();
    Announcer failing =
        new Announcer(
            thread::add,
            notice -> {
              heard.add(notice);
              throw new IllegalStateException("a bad listener");
            });
    failing.tell(changed("a", 0, 1));
    failing.tell(changed("b", 0, 1));
    run();

    assertThat(heard).hasSize(2);
  }
}
