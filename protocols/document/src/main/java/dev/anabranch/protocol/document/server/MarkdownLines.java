package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.DeltaOperation;
import dev.anabranch.crdt.Element;
import dev.anabranch.crdt.SharedText;
import dev.anabranch.crdt.encoding.Any;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A rich text as Markdown. Marks of words stand on the words; what a line is – heading, quote,
/// list, code – stands on its end, as Quill writes it.
final class MarkdownLines {
  private static final String CODE = "codeblock";

  private final List<String> blocks = new ArrayList<>();
  private final StringBuilder plain = new StringBuilder();
  private MarkdownInline line = new MarkdownInline();
  private String kind = "";
  private int number;

  private MarkdownLines() {}

  static String of(SharedText text) {
    List<DeltaOperation> delta = text.delta();
    boolean isPlain =
        delta.stream()
            .allMatch(step ->
                step instanceof DeltaOperation.InsertText insert && insert.marks().isEmpty());
    return isPlain ? text.text() : new MarkdownLines().all(delta);
  }

  private String all(List<DeltaOperation> delta) {
    for (DeltaOperation step : delta) {
      switch (step) {
        case DeltaOperation.InsertText(String words, Map<String, Any> marks) ->
            words(words, MarkdownWords.marks(marks));
        case DeltaOperation.InsertElements(List<Element> elements, Map<String, Any> ignored) ->
            elements.forEach(this::embed);
        case DeltaOperation.Retain ignored -> {}
        case DeltaOperation.Delete ignored -> {}
      }
    }
    endLine(Map.of());
    endCode();
    return String.join("", blocks);
  }

  private void words(String words, Map<String, Any> marks) {
    int from = 0;
    for (int end = words.indexOf('\n'); end >= 0; end = words.indexOf('\n', from)) {
      say(words.substring(from, end), marks);
      endLine(marks);
      from = end + 1;
    }
    say(words.substring(from), marks);
  }

  private void say(String words, Map<String, Any> marks) {
    plain.append(words);
    line.words(words, marks);
  }

  private void embed(Element element) {
    if (element instanceof Element.Plain(Any.Object(Map<String, Any> entries))
        && !MarkdownWords.text(entries.get("image")).isEmpty()) {
      line.raw(MarkdownWords.image(MarkdownWords.text(entries.get("image")), ""));
    } else if (element instanceof Element.Plain(Any value)) {
      line.words(MarkdownWords.text(value), Map.of());
    }
  }

  private void endLine(Map<String, Any> marks) {
    String next = kindOf(marks);
    String words = line.finish();
    String source = plain.toString();
    line = new MarkdownInline();
    plain.setLength(0);
    if (next.equals(CODE)) {
      code(source, marks);
      return;
    }
    endCode();
    if (words.isEmpty() && next.isEmpty()) {
      kind = "";
      return;
    }
    boolean goesOn = next.equals(kind) && !next.isEmpty() && !next.equals("header");
    if (!blocks.isEmpty() && !goesOn) {
      blocks.add("\n");
    }
    number = goesOn ? number + 1 : 1;
    kind = next;
    blocks.add(begin(next, marks) + words + "\n");
  }

  private void code(String source, Map<String, Any> marks) {
    if (!kind.equals(CODE)) {
      String language = MarkdownWords.text(marks.get(CODE)).replaceAll("[\\s`]", "");
      blocks.add(
          (blocks.isEmpty() ? "" : "\n")
              + "```"
              + (language.equals("true") ? "" : language)
              + "\n");
      kind = CODE;
    }
    blocks.add(source + "\n");
  }

  private void endCode() {
    if (kind.equals(CODE)) {
      blocks.add("```\n");
      kind = "";
    }
  }

  private static String kindOf(Map<String, Any> marks) {
    for (String kind : List.of("header", "list", "blockquote", CODE)) {
      String value = MarkdownWords.text(marks.get(kind));
      if (!value.isEmpty() && !value.equals("false")) {
        return kind.equals("list") ? value : kind;
      }
    }
    return "";
  }

  private String begin(String kind, Map<String, Any> marks) {
    String indent = "  ".repeat(Math.clamp(indent(marks), 0, 10));
    return switch (kind) {
      case "header" -> {
        String level = MarkdownWords.text(marks.get("header"));
        yield "#".repeat(level.matches("[1-6]") ? Integer.parseInt(level) : 1) + " ";
      }
      case "blockquote" -> "> ";
      case "ordered" -> indent + number + ". ";
      case "bullet" -> indent + "- ";
      case "checked" -> indent + "- [x] ";
      case "unchecked" -> indent + "- [ ] ";
      default -> "";
    };
  }

  private static int indent(Map<String, Any> marks) {
    String indent = MarkdownWords.text(marks.get("indent"));
    return indent.matches("\\d{1,2}") ? Integer.parseInt(indent) : 0;
  }
}
