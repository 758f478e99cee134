package dev.anabranch.protocol.document.server;

import static java.util.stream.Collectors.joining;

import dev.anabranch.crdt.DeltaOperation;
import dev.anabranch.crdt.Element;
import dev.anabranch.crdt.SharedText;
import dev.anabranch.crdt.SharedXmlElement;
import dev.anabranch.crdt.SharedXmlFragment;
import dev.anabranch.crdt.encoding.Any;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A tree of ProseMirror's nodes as Markdown.
final class MarkdownTree {
  private static final Set<String> INLINE = Set.of("hardbreak", "image", "mention", "emoji");

  private MarkdownTree() {}

  /// A whole document; ends with a line's end if it has any.
  static String of(SharedXmlFragment root) {
    String text = blocks(root, "\n\n");
    return text.isEmpty() ? "" : text + "\n";
  }

  /// The blocks of a node; words that stand in it without a block make a paragraph.
  private static String blocks(SharedXmlFragment node, String between) {
    List<String> blocks = new ArrayList<>();
    MarkdownInline loose = new MarkdownInline();
    for (Element child : node.children()) {
      if (child instanceof Element.Shared(SharedXmlElement element)
          && !INLINE.contains(MarkdownWords.name(element.name()))) {
        blocks.add(loose.finish());
        loose = new MarkdownInline();
        blocks.add(block(element));
      } else {
        inline(loose, child);
      }
    }
    blocks.add(loose.finish());
    return blocks.stream().filter(block -> !block.isEmpty()).collect(joining(between));
  }

  private static String block(SharedXmlElement node) {
    return switch (MarkdownWords.name(node.name())) {
      case "paragraph" -> words(node);
      case "heading" -> "#".repeat(level(node)) + " " + words(node).replace('\n', ' ');
      case "blockquote" -> prefixed(blocks(node, "\n\n"), "> ", "> ");
      case "codeblock" -> code(node);
      case "horizontalrule" -> "---";
      case "bulletlist" -> list(node, item -> "- ");
      case "tasklist" -> list(node, item -> "- " + box(item));
      case "orderedlist" -> ordered(node);
      case "table" -> table(node);
      default -> blocks(node, "\n\n");
    };
  }

  private static int level(SharedXmlElement heading) {
    String level = MarkdownWords.text(heading.attributes(), "level");
    return level.matches("[1-6]") ? Integer.parseInt(level) : 1;
  }

  private static String code(SharedXmlElement node) {
    StringBuilder source = new StringBuilder();
    for (Element child : node.children()) {
      if (child instanceof Element.Shared(SharedText text)) {
        source.append(text.text());
      }
    }
    String fence = MarkdownWords.fence(source, '`', 3);
    String language = MarkdownWords.text(node.attributes(), "language").replaceAll("[\\s`]", "");
    return fence + language + "\n" + source + "\n" + fence;
  }

  // Lists.

  @FunctionalInterface
  private interface Bullet {
    String of(SharedXmlElement item);
  }

  private static String list(SharedXmlElement list, Bullet bullet) {
    return elements(list).stream()
        .map(item -> prefixed(blocks(item, "\n"), bullet.of(item), "  "))
        .collect(joining("\n"));
  }

  private static String box(SharedXmlElement item) {
    return MarkdownWords.text(item.attributes(), "checked").equals("true") ? "[x] " : "[ ] ";
  }

  private static String ordered(SharedXmlElement list) {
    String said = MarkdownWords.text(list.attributes(), "start");
    String order = said.isEmpty() ? MarkdownWords.text(list.attributes(), "order") : said;
    int number = order.matches("\\d{1,8}") ? Integer.parseInt(order) : 1;
    List<String> items = new ArrayList<>();
    for (SharedXmlElement item : elements(list)) {
      String sign = number + ". ";
      items.add(prefixed(blocks(item, "\n"), sign, " ".repeat(sign.length())));
      number++;
    }
    return String.join("\n", items);
  }

  private static String prefixed(String text, String first, String others) {
    String blank = others.stripTrailing();
    return first
        + text.lines()
            .map(line -> line.isEmpty() ? blank : others + line)
            .collect(joining("\n"))
            .substring(Math.min(others.length(), text.isEmpty() ? 0 : others.length()));
  }

  // Tables.

  private static String table(SharedXmlElement table) {
    List<String> lines = new ArrayList<>();
    for (SharedXmlElement row : elements(table)) {
      List<SharedXmlElement> cells = elements(row);
      lines.add(
          cells.stream()
              .map(cell -> blocks(cell, " ").replace("|", "\\|").replace("\n", " "))
              .collect(joining(" | ", "| ", " |")));
      if (lines.size() == 1) {
        lines.add(cells.stream().map(cell -> "---").collect(joining(" | ", "| ", " |")));
      }
    }
    return String.join("\n", lines);
  }

  // Words.

  private static List<SharedXmlElement> elements(SharedXmlFragment node) {
    List<SharedXmlElement> elements = new ArrayList<>();
    for (Element child : node.children()) {
      if (child instanceof Element.Shared(SharedXmlElement element)) {
        elements.add(element);
      }
    }
    return elements;
  }

  private static String words(SharedXmlFragment node) {
    MarkdownInline words = new MarkdownInline();
    node.children().forEach(child -> inline(words, child));
    return words.finish();
  }

  private static void inline(MarkdownInline words, Element child) {
    switch (child) {
      case Element.Shared(SharedText text) -> text.delta().forEach(step -> inline(words, step));
      case Element.Shared(SharedXmlElement element) -> inline(words, element);
      case Element.Shared ignored -> {}
      case Element.Plain(Any value) -> words.words(MarkdownWords.text(value), Map.of());
      case Element.Inner ignored -> {}
    }
  }

  private static void inline(MarkdownInline words, DeltaOperation step) {
    switch (step) {
      case DeltaOperation.InsertText(String text, Map<String, Any> marks) ->
          words.words(text, MarkdownWords.marks(marks));
      case DeltaOperation.InsertElements insert ->
          insert.elements().forEach(element -> inline(words, element));
      case DeltaOperation.Retain ignored -> {}
      case DeltaOperation.Delete ignored -> {}
    }
  }

  private static void inline(MarkdownInline words, SharedXmlElement node) {
    Map<String, Element> attributes = node.attributes();
    switch (MarkdownWords.name(node.name())) {
      case "hardbreak" -> words.raw("\\\n");
      case "image" ->
          words.raw(
              MarkdownWords.image(
                  MarkdownWords.text(attributes, "src"), MarkdownWords.text(attributes, "alt")));
      case "mention" -> {
        String label = MarkdownWords.text(attributes, "label");
        words.words(
            "@" + (label.isEmpty() ? MarkdownWords.text(attributes, "id") : label), Map.of());
      }
      case "emoji" -> words.words(":" + MarkdownWords.text(attributes, "name") + ":", Map.of());
      default -> node.children().forEach(child -> inline(words, child));
    }
  }
}
