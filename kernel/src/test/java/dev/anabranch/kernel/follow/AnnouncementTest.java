package dev.anabranch.kernel.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class AnnouncementTest {

  /// Something a codec made, which says when it is closed.
  private record Encoding(String name, List<String> closed) implements AutoCloseable {
    @Override
    public void close() {
      closed.add(name);
    }
  }

  private final List<String> closed = new ArrayList<>();

  @Test
  void refusesChangesThatAreNotConsecutive() {
    assertThatThrownBy(() -> new Announcement(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Announcement(List.of(Changes.note(1), Changes.note(3))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void eachCodecEncodesOnceAndAllFollowersShare() {
    AtomicInteger encoded = new AtomicInteger();
    try (Announcement next = Changes.announcement(3, 5)) {
      Encoding first = encode(next, "json", encoded);
      assertThat(encode(next, "json", encoded)).isSameAs(first);
      assertThat(encode(next, "binary", encoded)).isNotSameAs(first);
    }
    assertThat(encoded).hasValue(2);
    assertThat(closed).containsExactlyInAnyOrder("json", "binary");
  }

  @Test
  void closesEveryEncodingEvenWhenOneCannotBeClosed() {
    Announcement next = Changes.announcement(1, 1);
    AutoCloseable broken =
        () -> {
          throw new IllegalStateException("stuck");
        };
    next.encodedBy("a", ignored -> broken);
    for (String codec : List.of("b", "c", "d")) {
      next.encodedBy(codec, ignored -> new Encoding(codec, closed));
    }
    assertThatThrownBy(next::close).hasStackTraceContaining("stuck");
    assertThat(closed).containsExactlyInAnyOrder("b", "c", "d");
    next.close();
  }

  private Encoding encode(Announcement next, String codec, AtomicInteger encoded) {
    return next.encodedBy(
        codec.intern(),
        changes -> {
          encoded.incrementAndGet();
          assertThat(changes).hasSize(3);
          return new Encoding(codec, closed);
        });
  }
}
