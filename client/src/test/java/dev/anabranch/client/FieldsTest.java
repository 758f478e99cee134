package dev.anabranch.client;

import static dev.anabranch.client.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FieldsTest {

  @Test
  void plainValuesBecomeJson() {
    assertThat(
            fields(
                    "text",
                    "a\"b",
                    "whole",
                    3,
                    "long",
                    5_000_000_000L,
                    "half",
                    0.5,
                    "exact",
                    new BigDecimal("1.10"),
                    "yes",
                    true,
                    "list",
                    List.of("x", 1),
                    "map",
                    Map.of("k", List.of()),
                    "none",
                    null)
                .text())
        .isEqualTo(
            "{\"text\":\"a\\\"b\",\"whole\":3,\"long\":5000000000,\"half\":0.5,\"exact\":1.10,"
                + "\"yes\":true,\"list\":[\"x\",1],\"map\":{\"k\":[]},\"none\":null}");
  }

  @Test
  void whatIsNoJsonIsRefusedByName() {
    assertThatThrownBy(() -> fields("lonely")).hasMessage("a name without a value");
    assertThatThrownBy(() -> fields(1, 2)).hasMessage("not a field's name: 1");
    assertThatThrownBy(() -> fields("x", new Object())).hasMessageContaining("java.lang.Object");
    assertThatThrownBy(() -> fields("x", Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> fields("x", "\ud800")).hasMessageContaining("surrogate");
    assertThatThrownBy(() -> fields("x", "\0")).hasMessageContaining("U+0000");
    assertThatThrownBy(() -> fields("\0", "x")).hasMessageContaining("U+0000");
    assertThatThrownBy(() -> fields("x", Map.of("\0", 1))).hasMessageContaining("U+0000");
  }
}
