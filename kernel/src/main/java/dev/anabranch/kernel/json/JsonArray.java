package dev.anabranch.kernel.json;

import java.util.List;

/// A list of values.
///
/// @param values in order; copied
public record JsonArray(List<Json> values) implements Json {

  public JsonArray {
    values = List.copyOf(values);
  }

  @Override
  public void writeTo(StringBuilder out) {
    out.append('[');
    for (int index = 0; index < values.size(); index++) {
      if (index > 0) {
        out.append(',');
      }
      values.get(index).writeTo(out);
    }
    out.append(']');
  }
}
