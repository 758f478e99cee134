package dev.anabranch.protocol.scope.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Notices when a message changes its shape.
class MessageShapesTest {
  private static final String VERSION_1 =
      "77360d7532f72e8a6cd0311427775afb97a646969f58d5436ee93489b83cae4b";

  @Test
  void messageShapesChangeOnlyTogetherWithTheVersion() throws NoSuchAlgorithmException {
    String shapes = String.join("\n", shapes());
    String hash =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest(shapes.getBytes(StandardCharsets.UTF_8)));

    assertThat(ScopeMessage.VERSION).isEqualTo(1);
    assertThat(hash)
        .as(
            """
            The shapes of scope sync's messages changed. They are now:
            %s
            If an older peer can bear it (a new optional field): put the new hash here, add a vector
            under vectors/scope, and say so in docs/protocols/scope.md and the changelog.
            If it cannot: raise ScopeMessage.VERSION as well, and say what older peers get.
            """,
            shapes)
        .isEqualTo(VERSION_1);
  }

  private static List<String> shapes() {
    List<String> shapes = new ArrayList<>();
    addAll(ScopeMessage.class, shapes);
    addAll(PushEntry.class, shapes);
    addAll(PushOutcome.Result.class, shapes);
    addAll(BootstrapLine.class, shapes);
    for (Class<?> each :
        List.of(
            SyncEvent.class,
            SyncRecord.class,
            PushBatch.class,
            PushOutcome.class,
            BootstrapPage.class,
            DeltaPage.class,
            Problem.class)) {
      shapes.add(shape(each));
    }
    return shapes;
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
