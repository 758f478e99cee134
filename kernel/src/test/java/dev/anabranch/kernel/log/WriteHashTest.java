package dev.anabranch.kernel.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class WriteHashTest {

  private static final EntityKey ENTITY =
      new EntityKey(new ScopeName("org:1"), new ModelName("note"), new EntityId("a"));
  private static final WriteKey KEY = new WriteKey("k");
  private static final JsonObject DATA = JsonObject.EMPTY.with("a", "b");

  @Test
  void aRetryHasTheSameHash() {
    assertThat(WriteHash.of(Write.insert(KEY, ENTITY, JsonObject.EMPTY.with("a", "b"))))
        .isEqualTo(WriteHash.of(Write.insert(KEY, ENTITY, DATA)));
  }

  @Test
  void keyProofStampAndCountingAreNotPartOfIt() {
    Write write = Write.insert(KEY, ENTITY, DATA);
    Write other =
        Write.insert(new WriteKey("other"), ENTITY, DATA)
            .provenBy(Bytes.of(new byte[] {1}))
            .causedBy(new CausalClaim(new DeviceId("phone"), 3L, 4L));
    assertThat(WriteHash.of(other)).isEqualTo(WriteHash.of(write));
  }

  @Test
  void aWriteThatWasMadeOfARequestSaysWhatTheRequestSays() {
    Bytes request = Bytes.of("PATCH".getBytes(StandardCharsets.UTF_8));
    WriteHash hash = WriteHash.of(Write.insert(KEY, ENTITY, DATA).madeOf(request));

    assertThat(WriteHash.of(Write.delete(KEY, ENTITY).expecting(7).madeOf(request)))
        .isEqualTo(hash);
    assertThat(WriteHash.of(Write.insert(KEY, ENTITY, DATA).madeOf(Bytes.of(new byte[0]))))
        .isNotEqualTo(hash);
    assertThat(WriteHash.of(Write.insert(KEY, ENTITY, DATA))).isNotEqualTo(hash);
  }

  @Test
  void everythingElseIs() {
    EntityKey other = new EntityKey(ENTITY.scope(), ENTITY.model(), new EntityId("b"));
    EntityKey split = new EntityKey(ENTITY.scope(), new ModelName("notea"), new EntityId("x"));
    EntityKey joined = new EntityKey(ENTITY.scope(), new ModelName("note"), new EntityId("ax"));
    Bytes body = Bytes.of("{}".getBytes(StandardCharsets.UTF_8));
    List<Write> different =
        List.of(
            Write.insert(KEY, ENTITY, DATA),
            Write.update(KEY, ENTITY, DATA),
            Write.delete(KEY, ENTITY),
            Write.delete(KEY, ENTITY).erasing(Set.of()),
            Write.delete(KEY, ENTITY).erasing(Set.of(new PrincipalId("ann"))),
            Write.insert(KEY, other, DATA),
            Write.insert(KEY, split, DATA),
            Write.insert(KEY, joined, DATA),
            Write.insert(KEY, ENTITY, JsonObject.EMPTY),
            Write.insert(KEY, ENTITY, JsonObject.of("a", JsonNull.NULL)),
            Write.insert(KEY, ENTITY, DATA.with("c", 1)),
            Write.insert(KEY, ENTITY, DATA).expecting(0),
            Write.insert(KEY, ENTITY, DATA).expecting(1),
            Write.merge(KEY, ENTITY, body),
            Write.merge(KEY, ENTITY, Bytes.of(new byte[0])));
    List<WriteHash> hashes = new ArrayList<>();
    different.forEach(write -> hashes.add(WriteHash.of(write)));
    assertThat(hashes).doesNotHaveDuplicates();
  }
}
