package dev.anabranch.kernel.log;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.anabranch.kernel.json.JsonObject;
import org.junit.jupiter.api.Test;

class WriteTest {

  @Test
  void hasNoOriginalThatSaysNothing() {
    EntityKey key = new EntityKey(new ScopeName("org:1"), new ModelName("note"), new EntityId("a"));
    Write write = Write.insert(new WriteKey("k"), key, JsonObject.EMPTY);
    assertThatIllegalArgumentException().isThrownBy(() -> write.provenBy(Bytes.of(new byte[0])));
  }
}
