package dev.anabranch.protocol.signed.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.text.Hex;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Notices when a message of a client changes its shape.
class MessageShapesTest {
  private static final String VERSION_1 =
      "967d2013ebefce6f8b4ca4600d571157fd7bc1287c5a684318e1f8ddc43fbeea";

  @Test
  void messageShapesChangeOnlyTogetherWithTheVersion() {
    List<String> shapes = new ArrayList<>();
    addAll(SignedMessage.class, shapes);
    shapes.add(shape(SignedMessage.Envelope.class));
    shapes.add(shape(SignedMessage.LinkStatement.class));
    shapes.add(shape(Payload.class));

    assertThat(SignedMessage.VERSION).isEqualTo(1);
    assertThat(Hex.of(Signing.sha256(String.join("\n", shapes))))
        .as(
            """
            The shapes of signed entities' messages changed. They are now:
            %s
            If an older peer can bear it (a new optional field): put the new hash here, add a vector
            under vectors/signed, and say so in docs/protocols/signed.md and the changelog.
            If it cannot: raise SignedMessage.VERSION as well, and say what older peers get.
            """,
            String.join("\n", shapes))
        .isEqualTo(VERSION_1);
  }

  private static void addAll(Class<?> type, List<String> shapes) {
    if (type.isRecord()) {
      shapes.add(shape(type));
    } else {
      for (Class<?> part : type.getPermittedSubclasses()) {
        addAll(part, shapes);
      }
    }
  }

  private static String shape(Class<?> type) {
    List<String> parts = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      parts.add(component.getName() + ": " + component.getGenericType().getTypeName());
    }
    return type.getSimpleName() + parts;
  }
}
